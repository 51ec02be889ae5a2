/** Runs and imported predictions. */
import type { PredictionService, RunProcedures } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';
import { unbuilt } from './unbuilt.ts';

export function createRunProcedures({ open }: ServiceParts): RunProcedures {
  const runs = async () => (await open()).runs;
  return {
    plan: unbuilt,
    start: async (input) => (await runs()).start(input),
    startGrid: unbuilt,
    startDemo: unbuilt,
    resume: async (input) => (await runs()).resume(input),
    pause: async (input) => (await runs()).pause(input),
    watch: async function* (input, signal) {
      yield* (await runs()).watch(input, signal);
    },
    list: async (input) => (await runs()).list(input),
    show: async (input) => ({ ...(await (await runs()).show(input)), repeatCommand: null }),
    rename: unbuilt,
    times: unbuilt,
    attention: async (input, signal) => (await runs()).attention(input, signal),
    compare: async (input) => (await runs()).compare(input),
    methodTable: async (input) => (await runs()).methodTable(input),
    sweep: async (input) => (await runs()).sweep(input),
    rescore: async (input) => (await runs()).rescore(input),
    verify: async (input, signal) => (await runs()).verify(input, signal),
    pack: async (input) => (await runs()).pack(input),
    startPack: unbuilt,
    unpack: async (input) => (await runs()).unpack(input),
    delete: async (input) => (await runs()).remove(input),
    export: async (input) => (await runs()).exportRun(input),
  };
}

export const createPredictionService = ({ open }: ServiceParts): PredictionService => ({
  import: async (input) => (await open()).runs.importPredictions(input),
});
