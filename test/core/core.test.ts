/** The core as a whole: what it makes of a store that cannot be opened at first. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createCore } from '../../src/main/core/core.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { LiveEvent } from '../../src/shared/live-event.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

it('opens a store that could not be opened at first, and then tells what changes in it', async () => {
  const storePath = join(await newFolder(), 'later', 'store.sqlite');
  const core = createCore({ storePath, storeMustExist: true });
  const events: LiveEvent[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of await core.client.system.watch(undefined, { signal: stop.signal })) events.push(event);
  })();
  for (const ask of [() => core.client.runs.list({}), () => core.client.models.list()]) {
    await expect(ask()).rejects.toMatchObject({ data: { kind: 'not-found' } });
  }
  await mkdir(dirname(storePath));
  openStore(storePath).close();
  expect(await core.client.runs.list({})).toEqual({ runs: [], total: 0 });
  expect(await core.client.models.list()).toMatchObject({ models: [] });
  await core.client.views.save({ name: 'a view', query: '' });
  while (events.length < 3) await delay(20);
  expect(events).toEqual([{ kind: 'connected' }, { kind: 'connected' }, { kind: 'views' }]);
  stop.abort();
  await reading.catch(() => undefined);
  await core.close();
});
