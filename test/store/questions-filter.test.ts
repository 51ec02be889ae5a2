/** Every field of the filter language against SQL written for it here, over the same rows. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection, type Connection } from '../../src/main/store/connection.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { parseWhere } from '../../src/shared/where.ts';
import { fillQuestionStore, questionCount } from '../support/question-store.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let store: Store;
let sql: Connection;
let runRow: number;

beforeAll(async () => {
  const path = join(await newFolder(), 'store.sqlite');
  store = openStore(path);
  runRow = fillQuestionStore(store);
  sql = openConnection(path, { readOnly: true, mustExist: true, busyTimeoutMs: 1000 });
});
afterAll(() => {
  sql.close();
  store.close();
});

const tables = `predictions AS p JOIN samples AS s USING (sample_row) JOIN strata AS t USING (stratum_row)
  JOIN outputs AS o USING (prediction_row)
  JOIN scores AS c ON c.run_row = p.run_row AND c.position = p.position AND c.scorer = 'strict'
  LEFT JOIN scores AS m ON m.run_row = p.run_row AND m.position = p.position AND m.scorer = 'm3cot'
  LEFT JOIN latent_steps AS second ON second.prediction_row = p.prediction_row AND second.step_index = 1
  LEFT JOIN latent_steps AS last ON last.prediction_row = p.prediction_row
    AND NOT EXISTS (SELECT 1 FROM latent_steps AS later
      WHERE later.prediction_row = p.prediction_row AND later.step_index > last.step_index)`;

const tagged = (name: string): string => `EXISTS (SELECT 1 FROM sample_tags JOIN tags USING (tag_row)
  WHERE sample_tags.sample_row = p.sample_row AND tags.name = '${name}')`;

const remarked = (kind: string): string =>
  `EXISTS (SELECT 1 FROM remarks WHERE remarks.prediction_row = p.prediction_row AND remarks.kind LIKE '${kind}')`;

const bySql = (condition: string, order = 'p.position'): number[] =>
  sql
    .rows<[number]>(
      `SELECT p.position FROM ${tables} WHERE p.run_row = :runRow AND (${condition}) ORDER BY ${order}, p.position`,
      { runRow },
    )
    .map(([position]) => position);

const scope = (terms: readonly string[]) => ({ runRow, scorer: 'strict' as const, where: parseWhere(terms) });
const byFilter = (...terms: string[]): number[] => Array.from(store.questions.positions(scope(terms)));

/** Terms, the condition that they stand for, and whether it should find some but not all. */
const fields: [string[], string][] = [
  [['split=dev'], `t.split = 'dev'`],
  [['domain=science', 'domain=mathematics'], `t.domain IN ('science', 'mathematics')`],
  [['topic=topic-4'], `t.topic = 'topic-4'`],
  [['category=category-7', 'category=category-8'], `t.category IN ('category-7', 'category-8')`],
  [['sample=sample-7', 'sample=sample-99', 'sample=unknown'], `s.sample_id IN ('sample-7', 'sample-99')`],
  [['tag=look again'], tagged('look again')],
  [['tag=look again', 'tag=bad gold'], `${tagged('look again')} OR ${tagged('bad gold')}`],
  [['tag=élan; "vital"'], tagged('élan; "vital"')],
  [['outcome=right'], 'c.outcome = 0'],
  [['outcome=wrong', 'outcome=unparsed'], 'c.outcome IN (1, 2)'],
  [['outcome=failed'], 'p.answered = 0'],
  [['predicted=C'], 'c.choice_index = 2'],
  [['predicted=none', 'predicted=A'], 'c.choice_index IS NULL OR c.choice_index = 0'],
  [['gold=B'], 's.answer_index = 1'],
  [['gold=none'], 's.answer_index IS NULL'],
  [['scorers=disagree'], 'c.outcome <> m.outcome OR c.choice_index IS NOT m.choice_index'],
  [['scorers=agree'], 'c.outcome = m.outcome AND c.choice_index IS m.choice_index'],
  [['rule=odd'], `c.rule = 'odd'`],
  [['finish=length'], `p.finish_reason = 'length'`],
  [['finish=stop', 'finish=length'], `p.finish_reason IN ('stop', 'length')`],
  [['remark=token-limit'], remarked('token-limit')],
  [['remark=box-outside-image', 'domain=science'], `${remarked('box-outside-image')} AND t.domain = 'science'`],
  [['remark=none', 'remark=box-outside-image'], `${remarked('box-outside-image')} OR NOT ${remarked('%')}`],
  [['remark=none'], `NOT ${remarked('%')}`],
  [['calls=1..'], `json_array_length(o.trace, '$.calls') >= 1`],
  [['calls=..0'], `json_array_length(o.trace, '$.calls') = 0 OR (o.trace IS NULL AND p.answered = 1)`],
  [['trace=yes'], 'p.has_trace = 1'],
  [['trace=no'], 'p.has_trace = 0'],
  [['note=yes'], 'EXISTS (SELECT 1 FROM notes WHERE notes.prediction_row = p.prediction_row)'],
  [['note=no'], 'NOT EXISTS (SELECT 1 FROM notes WHERE notes.prediction_row = p.prediction_row)'],
  [['excluded=yes'], tagged('bad gold')],
  [['excluded=no'], `NOT ${tagged('bad gold')}`],
  [['text=sparrow'], `s.question LIKE '%sparrow%'`],
  [['text=MARMALADE'], `o.output_text LIKE '%marmalade%'`],
  // The last word may be unfinished: the kettle of a question, the kettledrums of an output.
  [['text=kettl'], `s.question LIKE '%kettle%' OR o.output_text LIKE '%kettle%'`],
  [['text=kettl move'], `s.question LIKE '%kettle xx%'`],
  [['text=sky glac'], `o.output_text LIKE '%sky%' AND s.question LIKE '%glacier%'`],
  [['text=sparrow', 'text=zymurgy'], `s.question LIKE '%sparrow%' OR s.question LIKE '%zymurgy%'`],
  [['text=context'], `s.context = 'context'`],
  [['time=100..600'], 'p.total_ms BETWEEN 100 AND 600'],
  [['time=400..'], 'p.total_ms >= 400'],
  [['ar-steps=..9'], 'p.ar_steps <= 9'],
  [['tokens=7..7', 'finish=end'], `p.output_token_count = 7 AND p.finish_reason = 'end'`],
  [['focus=0.5..'], 'last.vision_focus >= 0.5'],
  [['focus@2=..0.4'], 'second.vision_focus <= 0.4'],
  [['vision-mass@2=0.2..0.7', 'text-mass=..0.6'], 'second.vision_mass BETWEEN 0.2 AND 0.7 AND last.text_mass <= 0.6'],
  [
    ['latent-vision-mass@2=0.3..', 'latent-text-mass@2=..0.9'],
    'second.latent_vision_mass >= 0.3 AND second.latent_text_mass <= 0.9',
  ],
  [['focus@9=0..1'], 'false'],
  [
    ['domain=science', 'outcome=right', 'trace=yes', 'text=kettle', 'excluded=no', 'focus@2=0.1..0.9'],
    `t.domain = 'science' AND c.outcome = 0 AND p.has_trace = 1 AND s.question LIKE '%kettle%'
       AND NOT ${tagged('bad gold')} AND second.vision_focus BETWEEN 0.1 AND 0.9`,
  ],
  ...['right', 'wrong', 'unparsed', 'failed'].map((outcome, index): [string[], string] => [
    [`other=SECOND:${outcome}`, 'domain=science'],
    `t.domain = 'science' AND (SELECT other.outcome FROM scores AS other
       JOIN runs ON runs.run_row = other.run_row AND runs.run_id = 'SECOND'
       WHERE other.position = p.position AND other.scorer = 'strict') = ${index}`,
  ]),
];

describe('filters', () => {
  it.each(fields)('%j', (terms, condition) => {
    expect(byFilter(...terms)).toEqual(bySql(condition));
  });

  it('find something and not everything, but where they should not', () => {
    const idle = fields.filter(([terms]) => [0, questionCount].includes(byFilter(...terms).length));
    expect(idle.map(([terms]) => terms)).toEqual([['text=kettl move'], ['focus@9=0..1']]);
  });

  it('yes and no together are everything; an unknown tag and an unknown run are nothing', () => {
    expect(byFilter('note=yes', 'note=no')).toHaveLength(questionCount);
    expect(byFilter('tag=never used')).toEqual([]);
    expect(byFilter('other=NOBODY:right')).toEqual([]);
  });

  it('follow tags, notes and scores as they change', () => {
    const sampleRow = store.samples.ofRun(runRow, 'sample-1')?.sampleRow ?? 0;
    const before = byFilter('tag=new');
    store.annotations.changeTags([sampleRow], { add: ['new'] });
    store.annotations.saveNote(runRow, 1, 'seen');
    expect([before, byFilter('tag=new'), byFilter('note=yes').includes(1)]).toEqual([[], [1], true]);
    store.annotations.changeTags([sampleRow], { remove: ['new'] });
    store.annotations.saveNote(runRow, 1, '');
    expect([byFilter('tag=new'), byFilter('note=yes').includes(1)]).toEqual([[], false]);
  });

  const hostile = [
    'NEAR(a b)',
    'a AND',
    'OR',
    'NOT',
    '"',
    '""',
    "'",
    '*',
    '^x',
    'question:x',
    '{a b}:c',
    '(',
    ')',
    'a"b',
    '-x',
    '+',
    '%',
    '_',
    '\\',
    ';--',
    'x\0y',
    '\0',
    '\uD800',
    '🙂',
    'a*b*',
    '什么',
    'é',
    'sparrow" OR "kettle',
    'w '.repeat(490),
  ];
  it.each(hostile)('search text %j is words, never syntax', (text) => {
    expect(() => byFilter(`text=${text}`)).not.toThrow();
  });

  it('quotes of FTS5 join nothing: both words have to be there', () => {
    expect(byFilter('text=sparrow" OR "glacier')).toEqual([]);
    expect(byFilter('text=%')).toEqual([]);
  });

  it('refuses a search text that nobody types', () => {
    expect(() => parseWhere([`text=${'x'.repeat(100_000)}`])).toThrow(/too long/);
  });
});

describe('orders', () => {
  const orders = [
    ['sample', null, 's.sample_id'],
    ['category', null, 't.domain, t.topic, t.category, t.split'],
    ['outcome', null, 'c.outcome'],
    ['predicted', null, 'c.choice_index'],
    ['gold', null, 's.answer_index'],
    ['time', null, 'p.total_ms'],
    ['ar-steps', null, 'p.ar_steps'],
    ['focus', 1, 'second.vision_focus'],
    ['focus', null, 'last.vision_focus'],
    ['vision-mass', 1, 'second.vision_mass'],
    ['text-mass', null, 'last.text_mass'],
    ['latent-vision-mass', 1, 'second.latent_vision_mass'],
    ['latent-text-mass', null, 'last.latent_text_mass'],
  ] as const;

  it.each(orders)('by %s at step %s, up and down, those without a value last', (by, stepIndex, columns) => {
    for (const descending of [false, true]) {
      const sort = { by, descending, ...(stepIndex === null ? {} : { stepIndex }) };
      const order = columns
        .split(', ')
        .map((column) => `${column} IS NULL, ${column} ${descending ? 'DESC' : 'ASC'}`)
        .join(', ');
      expect(Array.from(store.questions.positions(scope(['split=test']), sort))).toEqual(
        bySql(`t.split = 'test'`, order),
      );
    }
  });

  it('pages, ranks and neighbours are those of the whole list', () => {
    const sort = { by: 'time', descending: true } as const;
    const all = Array.from(store.questions.positions(scope(['trace=yes']), sort));
    const page = store.questions.list(scope(['trace=yes']), { sort, limit: 7, offset: 11 });
    expect(page.total).toBe(all.length);
    expect(page.rows.map(({ position }) => position)).toEqual(all.slice(11, 18));
    expect(store.questions.place(scope(['trace=yes']), sort, all[11] ?? -1)).toEqual({
      rank: 11,
      total: all.length,
      previousSampleId: `sample-${String(all[10])}`,
      nextSampleId: `sample-${String(all[12])}`,
    });
    const outside = bySql('p.has_trace = 0')[0] ?? -1;
    expect(store.questions.place(scope(['trace=yes']), sort, outside)).toMatchObject({
      rank: null,
      nextSampleId: null,
    });
  });
});

describe('facets', () => {
  const terms = ['domain=science', 'outcome=wrong', 'outcome=right', 'predicted=C', 'predicted=A', 'split=test'];
  const kept = (...without: string[]): string => {
    const conditions: Record<string, string> = {
      domain: `t.domain = 'science'`,
      outcome: 'c.outcome IN (0, 1)',
      predicted: 'c.choice_index IN (0, 2)',
      split: `t.split = 'test'`,
    };
    const used = Object.entries(conditions).filter(([field]) => !without.includes(field));
    return used.map(([, condition]) => condition).join(' AND ');
  };
  const counted = (condition: string): number => bySql(`${condition} AND NOT ${tagged('bad gold')}`).length;

  it('count what passes without their own field, and no excluded question', () => {
    const facets = store.questions.facets(scope(terms));
    expect(facets.total).toBe(counted(kept()));
    expect(facets.excluded).toBe(bySql(`${kept()} AND ${tagged('bad gold')}`).length);
    expect(facets.outcomes).toEqual(
      ['right', 'wrong', 'unparsed', 'failed'].map((outcome, index) => ({
        outcome,
        count: counted(`${kept('outcome')} AND c.outcome = ${index}`),
      })),
    );
    for (const { letter, count } of facets.predicted) {
      const choice = letter === null ? 'NULL' : String(letter.charCodeAt(0) - 65);
      expect(count).toBe(counted(`${kept('predicted')} AND c.choice_index IS ${choice}`));
    }
    for (const { letter, count } of facets.gold) {
      const choice = letter === null ? 'NULL' : String(letter.charCodeAt(0) - 65);
      expect(count).toBe(counted(`${kept()} AND s.answer_index IS ${choice}`));
    }
    expect(facets.splits.map(({ split }) => split)).toEqual(['dev', 'test']);
    for (const { split, count } of facets.splits)
      expect(count).toBe(counted(`${kept('split')} AND t.split = '${split}'`));
    expect(facets.tags.map(({ tag }) => tag)).toContain('look again');
    for (const { tag, count } of facets.tags) expect(count).toBe(bySql(`${kept()} AND ${tagged(tag)}`).length);
    expect(facets.scorersDisagree).toBe(
      counted(`${kept()} AND (c.outcome <> m.outcome OR c.choice_index IS NOT m.choice_index)`),
    );
  });

  it('do not count disagreement before every scorer has read every answer', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    const fresh = openStore(path);
    const run = fillQuestionStore(fresh);
    const everything = { runRow: run, scorer: 'strict' as const, where: {} };
    expect(fresh.questions.facets(everything).scorersDisagree).toBeGreaterThan(0);
    const writer = openConnection(path, { readOnly: false, mustExist: true, busyTimeoutMs: 1000 });
    const withOldRule = { run };
    writer.run(
      `UPDATE scores SET version = 0 WHERE run_row = :run AND scorer = 'released' AND position = 7`,
      withOldRule,
    );
    writer.close();
    fresh.runs.touch(run);
    expect(fresh.questions.facets(everything).scorersDisagree).toBeNull();
    fresh.close();
  });

  it('keep the whole tree beside a chosen domain', () => {
    const { categories } = store.questions.facets(scope(terms));
    expect(categories[0]?.path).toEqual([]);
    expect(categories.map(({ path }) => path.join('/'))).toContain('mathematics');
    for (const { path, total, correct, excluded } of categories) {
      const levels = ['t.domain', 't.topic', 't.category'];
      const node = [kept('domain'), ...path.map((name, level) => `${levels[level] ?? ''} = '${name}'`)].join(' AND ');
      expect([total, correct, excluded]).toEqual([
        counted(node),
        counted(`${node} AND c.outcome = 0`),
        bySql(`${node} AND ${tagged('bad gold')}`).length,
      ]);
    }
  });
});
