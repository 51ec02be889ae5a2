/**
 * A process that works on one run, for tests that kill it or run several at once: starts a run, or resumes the
 * one that `resume` names or the store's newest unfinished one, and ends when the run does.
 * Arguments: JSON of `DriverRequest`. Prints the run's id once the engine answers.
 */
import { createRunService } from '../../src/main/runs/run-service.ts';
import { openStore } from '../../src/main/store/store.ts';
import { evaluationRequestSchema } from '../../src/shared/contract/runs.ts';
import type { FakeEngineBehaviour } from './fake-engine.ts';
import { fakeEngineHost } from './run-workplace.ts';

export type DriverRequest = Readonly<{
  storePath: string;
  dataset: string;
  model: string;
  /** `new`: always start; `continue`: resume the newest run where there is one. */
  mode: 'new' | 'continue';
  engine: FakeEngineBehaviour;
}>;

const request = JSON.parse(process.argv[2] ?? '{}') as DriverRequest;
const store = openStore(request.storePath);
const runs = createRunService({ store, engineHost: fakeEngineHost(request.engine), version: '0.0.0-test' });
const newest = (await runs.list({ limit: 1, offset: 0 })).runs[0];
const { runId } =
  request.mode === 'continue' && newest !== undefined
    ? await runs.resume({ runId: newest.runId })
    : await runs.start(evaluationRequestSchema.parse({ dataset: request.dataset, model: request.model }));
let isAnnounced = false;
for await (const { status, phase } of runs.watch({ runId })) {
  if (phase === 'answering' && !isAnnounced) process.stdout.write(`${runId}\n`);
  isAnnounced ||= phase === 'answering';
  if (status !== 'running') break;
}
await runs.close();
store.close();
