/** The engine as it is built: its threads are found beside its bundle, and what they prepare is answered. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { EngineReply, EngineRequest } from '../../src/main/engine/protocol.ts';
import { createForkEngineHost, type EngineExit } from '../../src/main/runs/engine-host.ts';
import { answerOf } from '../support/answer-of.ts';
import { goldenQuestion, goldenSettings, readGolden } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const entry = fileURLToPath(new URL('../../dist/main/engine-entry.js', import.meta.url));

it('prepares an announced batch in threads, without a word of complaint', async () => {
  expect(existsSync(entry), 'npm run build comes before').toBe(true);
  const bundlePath = join(await newFolder(), 'bundle');
  await importTiny('tiny-tied', bundlePath);
  const { cases } = await readGolden('tiny-tied');
  const wanted = cases.find(({ id }) => id === 'no-cot-scene');
  if (wanted === undefined) throw new Error('the golden case exists');
  const channel = createForkEngineHost({ entry }).start();
  const exit = new Promise<EngineExit>((resolve) => channel.onExit(resolve));
  const ask = (request: EngineRequest): Promise<EngineReply> =>
    new Promise((resolve, reject) => {
      channel.onReply((reply) => {
        if (reply.requestId === request.requestId) resolve(reply);
      });
      void exit.then(({ errorTail }) => reject(new Error(errorTail)));
      channel.send(request);
    });
  const model = { bundlePath, fingerprint: null, device: 'cpu', deviceMemoryBytes: null, threadCount: 1 } as const;
  await ask({ kind: 'load', requestId: 1, ...model });
  const questions = [await goldenQuestion(wanted)];
  channel.send({ kind: 'prepare', requestId: 2, settings: goldenSettings(wanted), questions });
  const reply = await ask({ kind: 'answer-prepared', requestId: 3, preparedAs: 2 });
  expect(reply.kind === 'answered' ? answerOf(reply.predictions[0]).outputText : reply).toBe(wanted.outputText);
  channel.disconnect();
  // A thread that does not start is replaced by the engine's own, which says so.
  expect(await exit).toEqual({ code: 0, signal: null, errorTail: '' });
});
