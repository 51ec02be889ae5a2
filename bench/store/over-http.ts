/** A client of the core's API as the page has it: over HTTP, from a server of its own on this machine. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractClient, Core } from '../../src/main/core/core.ts';
import { startWebServer } from '../../src/main/web/web-server.ts';

/** The server serves an empty page; it is closed when `work` has ended. */
export async function withHttpClient<Result>(
  core: Core,
  work: (client: ContractClient) => Promise<Result>,
): Promise<Result> {
  const pageFolder = await mkdtemp(join(tmpdir(), 'penumbra-bench-page-'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>-</title>');
  const server = await startWebServer({ core, port: 0, pageFolder });
  try {
    const token = new URL(server.address).searchParams.get('token') ?? '';
    const url = `http://127.0.0.1:${String(server.port)}/api/rpc`;
    return await work(createORPCClient(new RPCLink({ url, headers: { 'x-penumbra-token': token } })));
  } finally {
    await server.close();
    await rm(pageFolder, { recursive: true, force: true });
  }
}
