/**
 * The contract, implemented: each procedure has its input validated by the contract's schema, calls one method of
 * a service, and returns what it gave (validated again on the way out).
 */
import { implement } from '@orpc/server';
import { contract } from '../../shared/contract.ts';
import type { BugLog } from './failures.ts';
import { toTypedError, withTypedErrors } from './failures.ts';
import { modelImportEvents } from './model-events.ts';
import type { Services } from './services.ts';

/** Builds the router over the composed services. Bugs go to `logBug`, never to a face. */
export function createRouter(services: Services, logBug: BugLog) {
  const api = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw toTypedError(error, logBug);
    }
  });
  const { system, datasets, models, predictions, runs, questions } = services;

  return api.router({
    system: {
      ping: api.system.ping.handler(() => ({ version: system.version })),
      doctor: api.system.doctor.handler(() => system.doctor()),
    },
    datasets: {
      inspect: api.datasets.inspect.handler(({ input }) => datasets.inspect(input)),
    },
    models: {
      import: api.models.import.handler(({ input, signal }) =>
        withTypedErrors(modelImportEvents(models, input, signal), logBug),
      ),
      inspect: api.models.inspect.handler(({ input }) => models.inspect(input)),
    },
    predictions: {
      import: api.predictions.import.handler(({ input }) => predictions.import(input)),
    },
    runs: {
      start: api.runs.start.handler(({ input }) => runs.start(input)),
      resume: api.runs.resume.handler(({ input }) => runs.resume(input)),
      pause: api.runs.pause.handler(({ input }) => runs.pause(input)),
      watch: api.runs.watch.handler(({ input, signal }) =>
        withTypedErrors(runs.watch(input, signal ?? new AbortController().signal), logBug),
      ),
      list: api.runs.list.handler(({ input }) => runs.list(input)),
      show: api.runs.show.handler(({ input }) => runs.show(input)),
      compare: api.runs.compare.handler(({ input }) => runs.compare(input)),
      rescore: api.runs.rescore.handler(({ input }) => runs.rescore(input)),
      verify: api.runs.verify.handler(({ input }) => runs.verify(input)),
      pack: api.runs.pack.handler(({ input }) => runs.pack(input)),
      unpack: api.runs.unpack.handler(({ input }) => runs.unpack(input)),
      delete: api.runs.delete.handler(({ input }) => runs.delete(input)),
      export: api.runs.export.handler(({ input }) => runs.export(input)),
    },
    questions: {
      list: api.questions.list.handler(({ input }) => questions.list(input)),
      get: api.questions.get.handler(({ input }) => questions.get(input)),
    },
  });
}

export type Router = ReturnType<typeof createRouter>;
