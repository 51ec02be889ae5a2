/** What services throw, as it reaches a face: failures with their data, bugs without theirs. */
import type { ORPCError } from '@orpc/client';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { toTypedError, withTypedErrors } from '../../src/main/api/failures.ts';
import { createCore } from '../../src/main/core/core.ts';
import { PenumbraFailure } from '../../src/shared/failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const failure = { kind: 'missing-tensor', message: 'A tensor is missing.', file: 'a.safetensors' } as const;

/** The error and what was logged as a bug on the way. */
function typed(error: unknown): Readonly<{ error: ORPCError<string, unknown>; bugs: unknown[] }> {
  const bugs: unknown[] = [];
  return { error: toTypedError(error, (bug) => bugs.push(bug)), bugs };
}

describe('toTypedError', () => {
  it('carries a typed failure as it is', () => {
    const { error, bugs } = typed(new PenumbraFailure(failure));
    expect(error).toMatchObject({ code: 'FAILURE', status: 422, data: failure });
    expect(bugs).toEqual([]);
  });

  it('logs a bug and tells nothing of it', () => {
    const bug = new Error('secret detail');
    const { error, bugs } = typed(bug);
    expect(error.code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(error.toJSON())).not.toContain('secret');
    expect(bugs).toEqual([bug]);
  });

  it('takes a cancelled request for what it is', () => {
    const { error, bugs } = typed(new DOMException('stopped', 'AbortError'));
    expect(error.data).toMatchObject({ kind: 'cancelled' });
    expect(bugs).toEqual([]);
  });

  it('does the same between two events of a stream', async () => {
    async function* events() {
      yield await Promise.resolve(1);
      throw new PenumbraFailure(failure);
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const event of withTypedErrors(events(), () => undefined)) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'FAILURE', data: failure });
    expect(seen).toEqual([1]);
  });
});

describe('the router', () => {
  it('refuses a request that the schemas refuse, naming the place', async () => {
    const core = createCore({ storePath: `${await newFolder()}/store.sqlite` });
    const client = createRouterClient(core.router);
    const refused = client.questions.list({ runId: 'x', limit: 100_000 });
    await expect(refused).rejects.toMatchObject({ code: 'FAILURE', data: { kind: 'wrong-usage', place: 'limit' } });
    await core.close();
  });

  it('says of a run’s setting what it takes', async () => {
    const core = createCore({ storePath: `${await newFolder()}/store.sqlite` });
    const client = createRouterClient(core.router);
    await expect(client.runs.resume({ runId: 'x', engines: 99 })).rejects.toMatchObject({
      code: 'FAILURE',
      data: { kind: 'invalid-settings', place: 'engines', expected: 'a whole number from 1 to 16' },
    });
    await core.close();
  });

  it('opens no store for what needs none', async () => {
    const folder = await newFolder();
    const core = createCore({ storePath: `${folder}/nowhere/store.sqlite` });
    expect(await core.client.system.ping()).toEqual({ version: core.version });
    await core.close();
  });
});
