/**
 * Entry of the core's process under Electron: the API over a port for each window, resources for the windows' own
 * protocol, engines by way of main. Imports nothing of Electron; ends when main lets it go or is gone.
 */
import { RPCHandler } from '@orpc/server/message-port';
import { parentPort } from '../engine/parent-port.ts';
import { createCore } from './core.ts';
import type { FromCore, ToCore } from './process-messages.ts';
import { createRelayedEngines } from './relayed-engines.ts';
import { reportWork } from './work-report.ts';

const parent = parentPort();
if (parent === undefined) throw new Error('core-process is started by Electron, as a utility process');

const tell = (message: FromCore): void => parent.postMessage(message);
const engines = createRelayedEngines(tell);
const [storePath] = process.argv.slice(2);
const core = createCore({ storePath, engineHost: engines.host, hasPages: true });
const api = new RPCHandler(core.router);

const serveResource = async (requestId: number, address: string, ifNoneMatch: string | null): Promise<void> => {
  try {
    tell({ kind: 'resource', requestId, resource: await core.readResource(new URL(address), ifNoneMatch) });
  } catch (error) {
    process.stderr.write(
      `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    tell({ kind: 'resource', requestId, resource: { status: 500, headers: {}, body: 'Internal error.\n' } });
  }
};

parent.on('message', ({ data, ports: [port] }) => {
  const message = data as ToCore;
  if (engines.receive(message, port)) return;
  if (message.kind === 'window' && port !== undefined) {
    api.upgrade(port);
    port.start();
  } else if (message.kind === 'resource') {
    void serveResource(message.requestId, message.address, message.ifNoneMatch);
  } else if (message.kind === 'close') {
    void core.close().finally(() => tell({ kind: 'closed' }));
  }
});
// Interrupts reach the whole process group; main decides what ends, and says so.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
tell({ kind: 'ready' });
void reportWork(core, tell);
