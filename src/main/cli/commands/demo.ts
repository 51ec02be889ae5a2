/**
 * `penumbra demo`: the whole way at once, from a checkpoint to answers, patches, a category table and CSV files,
 * with what ships with the program.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { RunSummary } from '../../../shared/run.ts';
import { demoModelName, demoModelPath, findDemoModel } from '../../core/demo-model.ts';
import { programFiles } from '../../core/program-files.ts';
import { examples } from '../examples.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { runText } from '../output/run-text.ts';
import type { RunInSession, Session } from '../session.ts';
import { importWithProgress } from './model-import.ts';

export function addDemo(parent: Command, run: RunInSession): void {
  parent
    .command('demo')
    .description('evaluate the built-in demo model on the built-in demo dataset, and export the results')
    .addHelpText('after', examples('demo', 'demo --json'))
    .action((_options: unknown, command: Command) =>
      run(command, async (session) => {
        const { client, core } = session;
        await prepareModel(session);
        const done = await followRun(session, () => client.runs.startDemo());
        if (done.status !== 'finished') return exitCodeOfRun[done.status];

        const files = await exportResults(session, done, join(dirname(resolve(core.storePath)), 'demo-results'));
        const { categories } = await client.runs.show({ runId: done.runId });
        session.print({ ...done, files }, () =>
          [
            runText(done, categories),
            '',
            ...files.map((file) => `Wrote ${file}`),
            '',
            'Look at it: "npm start" opens the pages; every question shows the patches of its latent steps.',
          ].join('\n'),
        );
        return exitCodeOfRun[done.status];
      }),
    );
}

/** The demo model, imported on first use. */
async function prepareModel(session: Session): Promise<void> {
  const { storePath } = session.core;
  if ((await findDemoModel(storePath)) !== null) return;
  const path = demoModelPath(storePath);
  session.note('Importing the demo model.');
  const source = programFiles.demoCheckpoint;
  await importWithProgress(session, {
    source,
    name: demoModelName,
    out: path,
    precision: 'f32',
    replace: true,
  });
}

async function exportResults({ client }: Session, { runId }: RunSummary, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const { files } = await client.runs.export({
    runId,
    questions: join(folder, 'questions.csv'),
    categories: join(folder, 'categories.csv'),
    patches: join(folder, 'patches.csv'),
  });
  return files.map(({ path }) => path);
}
