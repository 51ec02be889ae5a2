/**
 * The store that the benchmark asks: runs of 100,000 questions each with traces of three latent steps over 64 slots,
 * the same on every machine. Written once with SQL over a first set of questions, renamed when whole.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { scorers } from '../../src/main/scoring/scorers.ts';
import { openConnection, type Connection } from '../../src/main/store/connection.ts';
import { packHalves, packIntegers, packReals, packSlotSet } from '../../src/main/store/number-blobs.ts';
import { openStore } from '../../src/main/store/store.ts';
import { scorerNames } from '../../src/shared/prediction.ts';
import type { Sample } from '../../src/shared/sample.ts';
import { sayProgress } from '../progress-line.ts';

export const runCount = 10;
export const questionCount = 100_000;
export const runIdOf = (run: number): string => `BENCH-${String(run).padStart(2, '0')}`;
/** In seven questions of the store. */
export const rareWord = 'zymurgy';

/** Changes with whatever the file below holds. */
const generation = 2;
const stepCount = 3;
const slotCount = 64;
const patchCount = 8;
const patternCount = 500;

const words =
  'the picture shows a small red boat near two larger ships while birds cross over quiet water of an old harbour and people walk along its stone wall which object would float because density force energy cell triangle angle river climate market feeling reason answer'.split(
    ' ',
  );
const domains = ['science', 'commonsense', 'mathematics'];

/** Makes the store in `folder` unless it is there. */
export async function makeLargeStore(folder: string): Promise<Readonly<{ path: string; sizeMegabytes: number }>> {
  const path = join(folder, `store-${generation}-${runCount}x${questionCount}.sqlite`);
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    const partial = `${path}.part`;
    await rm(partial, { force: true });
    writeSamples(partial);
    const connection = openConnection(partial, { readOnly: false, mustExist: true, busyTimeoutMs: 1000 });
    // A file that is made anew after a crash needs no journal.
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('cache_size = -200000');
    writePatterns(connection);
    for (let run = 0; run < runCount; run += 1) {
      sayProgress(`making run ${run + 1} of ${runCount} with ${questionCount} questions (once) …`);
      connection.transaction(() => writeRun(connection, run));
    }
    connection.execute('DROP TABLE patterns; DROP TABLE phrases;');
    connection.close();
    await rename(partial, path);
  }
  return { path, sizeMegabytes: Math.round((await stat(path)).size / 2 ** 20) };
}

function writeSamples(path: string): void {
  sayProgress(`making ${questionCount} questions (once) …`);
  const store = openStore(path, { mode: 'single' });
  store.transaction(() => {
    const datasetRow = store.datasets.saveDataset({
      fingerprint: 'b'.repeat(64),
      path: '/nowhere/bench',
      format: 'm3cot-jsonl',
      licence: null,
    });
    for (let number = 0; number < questionCount; number += 1) store.samples.add(datasetRow, sampleOf(number));
  });
  store.close();
}

function sampleOf(number: number): Sample {
  const topic = Math.floor(number / 3) % 9;
  const rare = number % Math.floor(questionCount / 7) === 5 ? ` ${rareWord}` : '';
  return {
    sampleId: `question-${String((number * 7919) % questionCount).padStart(6, '0')}`,
    split: 'test',
    question: `${sentence(number, 12)}${rare} number${number % 5000}?`,
    choices: [0, 1, 2, 3].map((choice) => sentence(number * 5 + choice, 4)),
    answerIndex: number % 4,
    context: number % 2 === 0 ? sentence(number + 3, 30) : '',
    rationale: sentence(number, 60),
    domain: domains[number % domains.length] ?? '',
    topic: `topic-${topic}`,
    category: `category-${topic}-${number % 7}`,
    attributes: {},
    image: { kind: 'file', path: `images/${number % 1000}.png` },
  };
}

function sentence(seed: number, length: number): string {
  return Array.from({ length }, (_, index) => words[(seed * 7 + index * (3 + (seed % 5))) % words.length]).join(' ');
}

/** Blobs of a latent step, and phrases that outputs are made of. */
function writePatterns(connection: Connection): void {
  connection.execute(`CREATE TABLE patterns (
      pattern INTEGER PRIMARY KEY, slots BLOB, scores BLOB, ranks BLOB, pool BLOB, attention BLOB);
    CREATE TABLE phrases (phrase INTEGER PRIMARY KEY, text TEXT)`);
  connection.transaction(() => {
    for (let pattern = 0; pattern < patternCount; pattern += 1) {
      const slots = Array.from({ length: patchCount }, (_, index) => (pattern * 7 + index * 5) % slotCount);
      connection.run('INSERT INTO patterns VALUES (:pattern, :slots, :scores, :ranks, :pool, :attention)', {
        pattern,
        slots: packIntegers(slots),
        scores: packReals(slots.map((slot) => Math.fround((slot + 1) / 999))),
        ranks: packIntegers(slots.map((_, index) => index + 1)),
        pool: packSlotSet(Array.from({ length: slotCount }, (_, slot) => slot)),
        attention: packHalves(Array.from({ length: slotCount }, (_, slot) => ((slot * pattern) % 97) / 5000)),
      });
      connection.run('INSERT INTO phrases VALUES (:pattern, :text)', { pattern, text: sentence(pattern, 30) });
    }
  });
}

/** A share between 0 and 1 out of position, run and a salt. */
const share = (salt: number): string =>
  `(((position + 1) * ${2_654_435_761 + salt * 97} + :run * ${40_503 + salt} * 31) % 1000003) / 1000003.0`;

function writeRun(connection: Connection, run: number): void {
  const runRow = run + 1;
  connection.run(
    `INSERT INTO runs (run_row, run_id, kind, label, status, created_at, finished_at, dataset_row, where_terms,
       rows_without_image, planned, scorer, environment, work_ms, suspects, revision, stop_requested)
     VALUES (:runRow, :runId, 'evaluation', :label, 'finished', :at, :at, 1, '[]', 0, ${questionCount}, 'strict', '{}',
       1e8, '[]', 1, 0)`,
    {
      runRow,
      runId: runIdOf(run),
      label: `run ${run}`,
      at: `2026-01-${String(run + 1).padStart(2, '0')}T00:00:00.000Z`,
    },
  );
  connection.run(
    `INSERT INTO planned_questions SELECT :runRow, sample_row - 1, sample_row FROM samples ORDER BY sample_row`,
    { runRow },
  );
  connection.run(
    `INSERT INTO predictions (run_row, position, sample_row, answered, has_trace, output_token_count, ar_steps,
       finish_reason, preprocess_ms, vision_ms, prefill_ms, latent_ms, decode_ms, total_ms)
     SELECT :runRow, position, sample_row, 1, 1, 40 + position % 60, 43 + position % 60,
       iif(position % 53 = 0, 'length', 'end'), 5.5, 20 * ${share(1)}, 60 * ${share(2)}, 90 * ${share(3)},
       400 * ${share(4)}, 100 + 900 * ${share(5)} FROM planned_questions WHERE run_row = :runRow`,
    { runRow, run },
  );
  // Right in 5 to 7 of 10; the other choices take turns; some outputs claim nothing.
  connection.execute(`CREATE TEMP TABLE read AS SELECT prediction_row, position, stratum_row, answer_index,
      CASE WHEN ${share(6).replaceAll(':run', String(run))} < 0.03 THEN NULL
        WHEN ${share(7).replaceAll(':run', String(run))} < 0.5 + 0.02 * ${run} THEN answer_index
        ELSE (answer_index + 1 + position % 3) % 4 END AS choice,
      CAST(${share(8).replaceAll(':run', String(run))} * ${patternCount} AS INTEGER) AS pattern
    FROM predictions JOIN samples USING (sample_row) WHERE run_row = ${runRow}`);
  connection.execute(`
    INSERT INTO outputs (prediction_row, output_text, prompt, trace)
      SELECT prediction_row, text || iif(choice IS NULL, '.', '. Therefore, the answer is ' || char(65 + choice) || '.'),
        'Question: ' || text || ' Options: (A) ' || text, '{"image":{"sourceWidth":640,"sourceHeight":480,"resizedWidth":224,"resizedHeight":224,"resize":"stretch","gridRows":8,"gridColumns":8},"promptTokenCount":120,"imageCount":1,"stoppedEarly":false}'
      FROM read JOIN phrases ON phrase = pattern;
    ${scorerNames
      .map((scorer, number) => {
        // Every scorer reads every answer of a run as it comes in; each but the first misses some.
        const choice = number === 0 ? 'choice' : `iif(position % ${16 + number} = 0, NULL, choice)`;
        return `INSERT INTO scores (run_row, scorer, position, stratum_row, outcome, version, choice_index, rule)
          SELECT ${runRow}, '${scorer}', position, stratum_row,
            CASE WHEN ${choice} IS NULL THEN 2 WHEN ${choice} = answer_index THEN 0 ELSE 1 END,
            ${scorers[scorer].version}, ${choice}, iif(${choice} IS NULL, 'none', 'answer-is') FROM read;`;
      })
      .join('\n')}
    INSERT INTO latent_steps
      SELECT prediction_row, step, v, (1 - v) * 0.5, (1 - v) * 0.3, (1 - v) * 0.2, f FROM (
        SELECT prediction_row, step, ((position * 7907 + step * 13 + ${run} * 17) % 10007) / 10007.0 AS v,
          ((position * 6113 + step * 29 + ${run} * 41) % 10009) / 10009.0 AS f
        FROM read CROSS JOIN (SELECT value AS step FROM json_each('[${Array.from({ length: stepCount }, (_, step) => step).join(',')}]'))
      ) ORDER BY prediction_row, step;
    INSERT INTO latent_step_patches
      SELECT prediction_row, step_index, slots, scores, ranks, pool, attention FROM read
      JOIN latent_steps USING (prediction_row) JOIN patterns ON patterns.pattern = (read.pattern + step_index) % ${patternCount}
      ORDER BY prediction_row, step_index;
    DROP TABLE read;`);
}
