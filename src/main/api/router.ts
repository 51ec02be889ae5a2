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
  const { system, tasks, preferences, folders, datasets, models, predictions, runs, questions, views, exports } =
    services;

  return api.router({
    system: {
      ping: api.system.ping.handler(() => ({ version: system.version })),
      info: api.system.info.handler(({ input, signal }) => system.info(input, given(signal))),
      doctor: api.system.doctor.handler(({ input, signal }) => system.doctor(input, given(signal))),
      watch: api.system.watch.handler(({ signal }) => withTypedErrors(system.watch(given(signal)), logBug)),
    },
    tasks: {
      list: api.tasks.list.handler(({ input, signal }) => tasks.list(input, given(signal))),
      cancel: api.tasks.cancel.handler(({ input, signal }) => tasks.cancel(input, given(signal))),
      dismiss: api.tasks.dismiss.handler(({ input, signal }) => tasks.dismiss(input, given(signal))),
    },
    preferences: {
      get: api.preferences.get.handler(({ input, signal }) => preferences.get(input, given(signal))),
      set: api.preferences.set.handler(({ input, signal }) => preferences.set(input, given(signal))),
    },
    folders: {
      list: api.folders.list.handler(({ input, signal }) => folders.list(input, given(signal))),
    },
    datasets: {
      inspect: api.datasets.inspect.handler(({ input, signal }) => datasets.inspect(input, given(signal))),
      open: api.datasets.open.handler(({ input, signal }) => datasets.open(input, given(signal))),
      below: api.datasets.below.handler(({ input, signal }) => datasets.below(input, given(signal))),
      list: api.datasets.list.handler(({ input, signal }) => datasets.list(input, given(signal))),
      show: api.datasets.show.handler(({ input, signal }) => datasets.show(input, given(signal))),
      samples: api.datasets.samples.handler(({ input, signal }) => datasets.samples(input, given(signal))),
      forget: api.datasets.forget.handler(({ input, signal }) => datasets.forget(input, given(signal))),
      cached: api.datasets.cached.handler(({ input, signal }) => datasets.cached(input, given(signal))),
    },
    models: {
      import: api.models.import.handler(({ input, signal }) =>
        withTypedErrors(modelImportEvents(models, input, signal), logBug),
      ),
      inspect: api.models.inspect.handler(({ input, signal }) => models.inspect(input, given(signal))),
      list: api.models.list.handler(({ input, signal }) => models.list(input, given(signal))),
      add: api.models.add.handler(({ input, signal }) => models.add(input, given(signal))),
      plan: api.models.plan.handler(({ input, signal }) => models.plan(input, given(signal))),
      startImport: api.models.startImport.handler(({ input, signal }) => models.startImport(input, given(signal))),
      startDemoImport: api.models.startDemoImport.handler(({ input, signal }) =>
        models.startDemoImport(input, given(signal)),
      ),
      startCheck: api.models.startCheck.handler(({ input, signal }) => models.startCheck(input, given(signal))),
      delete: api.models.delete.handler(({ input, signal }) => models.delete(input, given(signal))),
    },
    predictions: {
      fit: api.predictions.fit.handler(({ input, signal }) => predictions.fit(input, given(signal))),
      import: api.predictions.import.handler(({ input, signal }) => predictions.import(input, given(signal))),
    },
    runs: {
      plan: api.runs.plan.handler(({ input, signal }) => runs.plan(input, given(signal))),
      start: api.runs.start.handler(({ input, signal }) => runs.start(input, given(signal))),
      startGrid: api.runs.startGrid.handler(({ input, signal }) => runs.startGrid(input, given(signal))),
      startDemo: api.runs.startDemo.handler(({ input, signal }) => runs.startDemo(input, given(signal))),
      resume: api.runs.resume.handler(({ input, signal }) => runs.resume(input, given(signal))),
      pause: api.runs.pause.handler(({ input, signal }) => runs.pause(input, given(signal))),
      watch: api.runs.watch.handler(({ input, signal }) => withTypedErrors(runs.watch(input, given(signal)), logBug)),
      list: api.runs.list.handler(({ input, signal }) => runs.list(input, given(signal))),
      show: api.runs.show.handler(({ input, signal }) => runs.show(input, given(signal))),
      rename: api.runs.rename.handler(({ input, signal }) => runs.rename(input, given(signal))),
      times: api.runs.times.handler(({ input, signal }) => runs.times(input, given(signal))),
      attention: api.runs.attention.handler(({ input, signal }) => runs.attention(input, given(signal))),
      compare: api.runs.compare.handler(({ input, signal }) => runs.compare(input, given(signal))),
      methodTable: api.runs.methodTable.handler(({ input, signal }) => runs.methodTable(input, given(signal))),
      sweep: api.runs.sweep.handler(({ input, signal }) => runs.sweep(input, given(signal))),
      rescore: api.runs.rescore.handler(({ input, signal }) => runs.rescore(input, given(signal))),
      verify: api.runs.verify.handler(({ input, signal }) => runs.verify(input, given(signal))),
      pack: api.runs.pack.handler(({ input, signal }) => runs.pack(input, given(signal))),
      startPack: api.runs.startPack.handler(({ input, signal }) => runs.startPack(input, given(signal))),
      unpack: api.runs.unpack.handler(({ input, signal }) => runs.unpack(input, given(signal))),
      deletionPlan: api.runs.deletionPlan.handler(({ input, signal }) => runs.deletionPlan(input, given(signal))),
      delete: api.runs.delete.handler(({ input, signal }) => runs.delete(input, given(signal))),
      export: api.runs.export.handler(({ input, signal }) => runs.export(input, given(signal))),
    },
    questions: {
      list: api.questions.list.handler(({ input, signal }) => questions.list(input, given(signal))),
      facets: api.questions.facets.handler(({ input, signal }) => questions.facets(input, given(signal))),
      get: api.questions.get.handler(({ input, signal }) => questions.get(input, given(signal))),
      tag: api.questions.tag.handler(({ input, signal }) => questions.tag(input, given(signal))),
      tags: api.questions.tags.handler(({ input, signal }) => questions.tags(input, given(signal))),
      note: api.questions.note.handler(({ input, signal }) => questions.note(input, given(signal))),
      try: api.questions.try.handler(({ input, signal }) => questions.try(input, given(signal))),
      deleteProbe: api.questions.deleteProbe.handler(({ input, signal }) =>
        questions.deleteProbe(input, given(signal)),
      ),
      layerAttention: api.questions.layerAttention.handler(({ input, signal }) =>
        questions.layerAttention(input, given(signal)),
      ),
    },
    views: {
      list: api.views.list.handler(({ input, signal }) => views.list(input, given(signal))),
      save: api.views.save.handler(({ input, signal }) => views.save(input, given(signal))),
      delete: api.views.delete.handler(({ input, signal }) => views.delete(input, given(signal))),
    },
    exports: {
      prepare: api.exports.prepare.handler(({ input, signal }) => exports.prepare(input, given(signal))),
      picture: api.exports.picture.handler(({ input, signal }) => exports.picture(input, given(signal))),
    },
  });
}

export type Router = ReturnType<typeof createRouter>;

/** The caller's signal, or one that never aborts. */
const given = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;
