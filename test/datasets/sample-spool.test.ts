/** Searches over more text than is looked at in one go: the same rows as a plain look at each, and turns for others. */
import { afterEach, describe, expect, it } from 'vitest';
import { createSampleSpool, type SampleSpool } from '../../src/main/datasets/sample-spool.ts';
import type { Sample } from '../../src/shared/sample.ts';

const spools: SampleSpool[] = [];
afterEach(() => {
  for (const spool of spools.splice(0)) spool.close();
});

const rowCount = 6000;
/** About 1.4 kB each. */
const questionOf = (row: number): string =>
  `Question ${row} ${'about the colours of light '.repeat(50)}${row % 7 === 0 ? 'PRISM' : 'lens'} ${row % 11 === 0 ? 'red' : 'blue'}`;

function filledSpool(): SampleSpool {
  const spool = createSampleSpool();
  spools.push(spool);
  for (let row = 0; row < rowCount; row += 1) spool.add(sampleOf(row));
  return spool;
}

const sampleOf = (row: number): Sample => ({
  sampleId: `q${row}`,
  split: 'test',
  question: questionOf(row),
  choices: ['yes', 'no'],
  answerIndex: 0,
  context: '',
  rationale: '',
  domain: '',
  topic: '',
  category: '',
  attributes: {},
  image: null,
});

describe('a search in a dataset', () => {
  it('finds the rows that hold every word', async () => {
    const found = await filledSpool().find({}, 'prism red');
    const expected = Array.from({ length: rowCount }, (_, row) => row).filter((row) => row % 77 === 0);
    expect([...found]).toEqual(expected);
  });

  it('lets other work in between its parts', async () => {
    const spool = filledSpool();
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await spool.find({}, 'prism');
    isOver = true;
    // 8 MB of text, in parts of at most 1 MB.
    expect(turns).toBeGreaterThanOrEqual(8);
  });
});
