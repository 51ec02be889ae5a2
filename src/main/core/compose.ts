/** The services that the API's procedures call, each bound to the layer that does the work. */
import { resolve } from 'node:path';
import type { Services } from '../api/services.ts';
import type { OpenParts } from './core.ts';
import { programFiles } from './program-files.ts';

/** Binds the services; `open` opens store and runs on first use. */
export function createServices(open: () => Promise<OpenParts>): Services {
  const runs = async () => (await open()).runs;
  return {
    system: {
      version: programFiles.version,
      doctor: async () => {
        const { examine } = await import('./doctor.ts');
        const { store, runs } = await open();
        return examine(store, runs);
      },
    },
    datasets: {
      inspect: async ({ path }) => {
        const { openDataset } = await import('../datasets/open-dataset.ts');
        const dataset = await openDataset(resolve(path));
        try {
          return await dataset.summary();
        } finally {
          await dataset.close();
        }
      },
    },
    models: {
      import: async (request, options) => {
        const { importModel } = await import('../builder/import-model.ts');
        return importModel(request, options);
      },
      inspect: async ({ path }) => {
        const { readBundle } = await import('../files/read-bundle.ts');
        return readBundle(resolve(path));
      },
    },
    predictions: { import: async (input) => (await runs()).importPredictions(input) },
    runs: {
      start: async (input) => (await runs()).start(input),
      resume: async (input) => (await runs()).resume(input),
      pause: async (input) => (await runs()).pause(input),
      watch: async function* (input, signal) {
        yield* (await runs()).watch(input, signal);
      },
      list: async (input) => (await runs()).list(input),
      show: async (input) => (await runs()).show(input),
      compare: async (input) => (await runs()).compare(input),
      rescore: async (input) => (await runs()).rescore(input),
      verify: async (input) => (await runs()).verify(input),
      pack: async (input) => (await runs()).pack(input),
      unpack: async (input) => (await runs()).unpack(input),
      delete: async (input) => (await runs()).remove(input),
      export: async (input) => (await runs()).exportRun(input),
    },
    questions: {
      list: async (input) => (await runs()).listQuestions(input),
      get: async (input) => (await runs()).getQuestion(input),
    },
  };
}
