/** A store with a real run of the demo model over a small dataset, served by a `penumbra serve` of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../src/shared/contract.ts';
import { isolatedEnvironment, penumbraScript, randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';

export type ServedStore = Readonly<{
  /** The address that `serve` printed, token included. */
  address: string;
  client: ContractRouterClient<Contract>;
  runId: string;
  stop: () => Promise<number | null>;
}>;

/** Fills a store below `folder` and serves it. */
export async function serveSmallRun(folder: string, questionCount: number): Promise<ServedStore> {
  const dataset = join(folder, 'dataset');
  const model = join(folder, 'model');
  const store = join(folder, 'store.sqlite');
  await writeShapesDataset(dataset, questionCount);
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra(args, { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')} ended with ${String(code)}: ${stderr}${stdout}`);
    return stdout;
  };
  await run('model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32');
  const request = ['--dataset', dataset, '--model', model, '--store', store, '--max-tokens', '12'];
  const evaluated = await run('eval', ...request, '--json');
  const { runId } = JSON.parse(evaluated) as { runId: string };
  return { runId, ...(await serveStore(folder, store)) };
}

/** Serves a store; `folder` stands in for the user's data folder. */
export async function serveStore(folder: string, store: string, port = '0'): Promise<Omit<ServedStore, 'runId'>> {
  const server = spawn(process.execPath, [penumbraScript, 'serve', '--port', port, '--store', store], {
    env: isolatedEnvironment({ dataFolder: folder }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => server.on('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', resolve);
    void exited.then((code) => reject(new Error(`penumbra serve ended with ${String(code)}`)));
  });
  const url = new URL(address);
  const link = new RPCLink({
    url: new URL('/api/rpc', url).href,
    headers: { authorization: `Bearer ${url.searchParams.get('token') ?? ''}` },
  });
  const client: ContractRouterClient<Contract> = createORPCClient(link);
  return {
    address,
    client,
    stop: () => {
      server.kill('SIGINT');
      return exited;
    },
  };
}
