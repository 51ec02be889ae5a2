/** A store with a few runs of 2,000 questions each, imported from a prediction file: what a start page has to show. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCore } from '../../src/main/core/core.ts';

const questionCount = 2000;
const runCount = 12;

export async function fillStore(folder: string, storePath: string): Promise<void> {
  const file = join(folder, 'predictions.jsonl');
  const lines = Array.from({ length: questionCount }, (_, index) =>
    JSON.stringify({
      id: `q-${String(index)}`,
      choices: ['red', 'green', 'blue', 'grey'],
      answer: 'ABCD'[index % 4],
      domain: ['science', 'commonsense', 'mathematics'][index % 3],
      topic: `topic-${String(index % 9)}`,
      messages: [
        `Question ${String(index)}?\n(A) red (B) green (C) blue (D) grey`,
        `The answer is (${'ABCD'[(index * 7) % 4] ?? 'A'}).`,
      ],
    }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
  const core = createCore({ storePath });
  for (let run = 1; run <= runCount; run += 1) {
    await core.client.predictions.import({ file, scorer: 'strict', label: `Imported run ${String(run)}` });
  }
  // Leaves the kept results behind, as looking at the runs once does.
  await core.client.runs.list({});
  await core.close();
}
