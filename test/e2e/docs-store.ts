/**
 * The store behind the documentation's pictures: the built-in demo, evaluated as it is, over a grid of N and K, and
 * with interventions. Real runs of the real engine; nothing is made up.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';

export type DocsStore = Readonly<{ store: string; dataset: string; demoRunId: string; runIds: readonly string[] }>;

const variants: readonly (readonly [label: string, options: readonly string[]])[] = [
  ...[0, 1, 2, 3].map((steps) => [`N = ${String(steps)}`, ['--latent-steps', String(steps)]] as const),
  ...[1, 2, 8].map((patches) => [`K = ${String(patches)}`, ['--patches', String(patches)]] as const),
  ...['no-latent-text', 'no-latent-vision', 'no-latent', 'random-patches'].map(
    (intervention) => [intervention, ['--intervention', intervention]] as const,
  ),
  ['no-cot', ['--method', 'no-cot']],
];

/** Fills a store below `folder`. */
export async function fillDocsStore(folder: string): Promise<DocsStore> {
  const store = join(folder, 'store.sqlite');
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra([...args, '--store', store, '--json'], { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')}: ${stderr}${stdout}`);
    return (JSON.parse(stdout) as { runId: string }).runId;
  };
  await run('demo');
  const model = join(folder, 'models', 'demo-f32');
  // Below the home folder of the picture's user: pages name the paths.
  const dataset = join(folder, 'datasets', 'penumbra-demo');
  await cp(join(repositoryRoot, 'resources', 'demo', 'dataset'), dataset, { recursive: true });
  const demoRunId = await run('eval', '--dataset', dataset, '--model', model, '--label', 'Demo');
  const runIds = [demoRunId];
  for (const [label, options] of variants) {
    runIds.push(await run('eval', '--dataset', dataset, '--model', model, '--label', label, ...options));
  }
  return { store, dataset, demoRunId, runIds };
}
