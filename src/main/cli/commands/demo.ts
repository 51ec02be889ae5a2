/**
 * `penumbra demo`: the whole way at once, from a checkpoint to answers, patches, a category table and CSV files,
 * with what ships with the program. With `--compare`, latent reasoning beside direct answers and written rationales.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { RunSummary } from '../../../shared/run.ts';
import {
  demoKinds,
  demoModelName,
  demoModelPath,
  demoRequest,
  findDemoModel,
  type DemoKind,
} from '../../core/demo-model.ts';
import { programFiles } from '../../core/program-files.ts';
import { examples } from '../examples.ts';
import { exitCodeOfRun, type ExitCode } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { methodComparisonText } from '../output/method-table-text.ts';
import { runText } from '../output/run-text.ts';
import type { RunInSession, Session } from '../session.ts';
import { importWithProgress } from './model-import.ts';

const optionsSchema = z.object({ compare: z.boolean().default(false) });

export function addDemo(parent: Command, run: RunInSession): void {
  parent
    .command('demo')
    .description('evaluate the built-in demo model on the built-in demo dataset, and export the results')
    .option(
      '--compare',
      'latent reasoning, direct answers and written rationales side by side: a model trained for each',
    )
    .addHelpText('after', examples('demo', 'demo --json', 'demo --compare'))
    .action((given: unknown, command: Command) =>
      run(command, (session) => {
        const { compare } = optionsSchema.parse(given);
        return compare ? compareModels(session) : evaluate(session);
      }),
    );
}

async function evaluate(session: Session): Promise<ExitCode> {
  const { client, core } = session;
  await prepareModel(session, 'latent');
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
}

/** A run for each demo model, by the method that it was trained for. */
async function compareModels(session: Session): Promise<ExitCode> {
  const { client } = session;
  const models: Record<DemoKind, string> = { latent: '', direct: '', explicit: '' };
  for (const kind of demoKinds) models[kind] = await prepareModel(session, kind);
  const requests = [
    demoRequest(models.explicit, 'Demo, chain-of-thought'),
    demoRequest(models.latent, 'Demo'),
    demoRequest(models.direct, 'Demo, direct answers'),
  ];
  const runIds: string[] = [];
  for (const request of requests) {
    session.note(`${request.label}:`);
    const done = await followRun(session, () => client.runs.start(request));
    if (done.status !== 'finished') return exitCodeOfRun[done.status];
    runIds.push(done.runId);
  }
  const compared = await client.runs.methodTable({ runIds });
  session.print(compared, () =>
    [
      methodComparisonText(compared),
      '',
      'Look at it: "npm start" opens the pages; choose these runs in the list and compare them.',
    ].join('\n'),
  );
  return 0;
}

/** A demo model, imported on first use; the path of its bundle. */
async function prepareModel(session: Session, kind: DemoKind): Promise<string> {
  const { storePath } = session.core;
  const path = demoModelPath(storePath, kind);
  if ((await findDemoModel(storePath, kind)) !== null) return path;
  session.note(`Importing the ${demoModelName(kind).replace(/^D/u, 'd')}.`);
  const source = programFiles.demoCheckpoints[kind];
  await importWithProgress(session, {
    source,
    name: demoModelName(kind),
    out: path,
    precision: 'f32',
    replace: true,
  });
  return path;
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
