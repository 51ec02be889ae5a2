/**
 * A store with two runs over one small dataset: the demo model's own answers with their traces, and imported
 * predictions whose outputs are right, wrong and unreadable in a known mix.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';

export type VariedRuns = Readonly<{
  store: string;
  dataset: string;
  model: string;
  /** The model's answers. */
  runId: string;
  importedRunId: string;
}>;

export const outputs = ['The answer is (A).', 'The answer is (B).', 'I cannot say.', 'Therefore, the answer is (A).'];

/** Fills a store below `folder`, which stands in for the user's data folder. */
export async function makeVariedRuns(folder: string, questionCount: number): Promise<VariedRuns> {
  const [dataset, model, store] = [join(folder, 'dataset'), join(folder, 'model'), join(folder, 'store.sqlite')];
  const predictions = join(folder, 'predictions.jsonl');
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra(args, { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')} ended with ${String(code)}: ${stderr}${stdout}`);
    return stdout;
  };
  const runIdOf = (printed: string): string => (JSON.parse(printed) as { runId: string }).runId;
  await writeShapesDataset(dataset, questionCount);
  const topics = ['natural-science', 'language-science', 'physical-commonsense', 'geometry'];
  const lines = Array.from({ length: questionCount }, (_, index) =>
    JSON.stringify({
      id: `${topics[index % topics.length] ?? ''}-${String(index)}`,
      choices: ['circle', 'square', 'triangle'].slice(0, 2 + (index % 2)),
      answer: index % 2 === 0 ? 'A' : 'B',
      domain: 'any',
      topic: 'any',
      // The mix is moved against the topics: every topic gets every output.
      messages: ['Which shape?', outputs[(index + Math.floor(index / 4)) % outputs.length]],
    }),
  );
  await writeFile(predictions, `${lines.join('\n')}\n`);
  await run('model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32');
  const request = ['--dataset', dataset, '--model', model, '--store', store, '--max-tokens', '12'];
  const runId = runIdOf(await run('eval', ...request, '--json'));
  const imported = ['predictions', 'import', predictions, '--dataset', dataset, '--store', store, '--json'];
  return { store, dataset, model, runId, importedRunId: runIdOf(await run(...imported)) };
}
