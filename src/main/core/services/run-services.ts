/** Runs and imported predictions. */
import type { PredictionService, RunProcedures } from '../../api/services.ts';
import { fail } from '../../../shared/failure.ts';
import { safeFileName } from '../../runs/export-file-name.ts';
import { demoModelPath, demoRequest, findDemoModel } from '../demo-model.ts';
import type { ServiceParts } from './service-parts.ts';

export function createRunProcedures({ open, storePath, tasks, downloads }: ServiceParts): RunProcedures {
  const runs = async () => (await open()).runs;
  return {
    plan: async (input) => (await runs()).plan(input),
    start: async (input) => (await runs()).start(input),
    startGrid: async (input) => (await runs()).startGrid(input),
    startDemo: async () => {
      const model = await findDemoModel(storePath);
      if (model === null) {
        fail('not-found', 'The demo model has not been imported yet.', {
          file: demoModelPath(storePath),
          action: 'prepare it on the page of models, or with "penumbra demo"',
        });
      }
      return (await runs()).start(demoRequest(model.path));
    },
    resume: async (input) => (await runs()).resume(input),
    pause: async (input) => (await runs()).pause(input),
    watch: async function* (input, signal) {
      yield* (await runs()).watch(input, signal);
    },
    list: async (input) => (await runs()).list(input),
    show: async (input) => (await runs()).show(input),
    rename: async (input) => (await runs()).rename(input),
    times: async (input) => (await runs()).times(input),
    attention: async (input, signal) => (await runs()).attention(input, signal),
    compare: async (input, signal) => (await runs()).compare(input, signal),
    methodTable: async (input, signal) => (await runs()).methodTable(input, signal),
    sweep: async (input, signal) => (await runs()).sweep(input, signal),
    rescore: async (input) => (await runs()).rescore(input),
    verify: async (input, signal) => (await runs()).verify(input, signal),
    pack: async (input) => (await runs()).pack(input),
    startPack: async ({ runId }) => {
      const { labelOf, pack } = await runs();
      const label = labelOf(runId);
      const file = { fileName: safeFileName([label, 'run'], 'penumbra'), contentType: 'application/vnd.sqlite3' };
      return tasks.start('pack', `Pack ${label}`, async (report, signal) => {
        const onProgress = (done: number, total: number): void =>
          report({ phase: 'images', done, total, unit: 'questions' });
        const { download, result } = await downloads.prepare(
          file,
          (path) => pack({ runId, file: path }, { onProgress, signal }),
          signal,
        );
        const left = result.imagesLeftOut;
        return {
          downloadId: download.downloadId,
          summary: left === 0 ? download.fileName : `${download.fileName}, ${String(left)} images could not be read`,
        };
      });
    },
    unpack: async (input) => (await runs()).unpack(input),
    deletionPlan: async (input) => (await runs()).deletionPlan(input),
    delete: async (input) => (await runs()).remove(input),
    export: async (input, signal) => (await runs()).exportRun(input, signal),
  };
}

export const createPredictionService = ({ open }: ServiceParts): PredictionService => ({
  fit: async ({ file }) => {
    const { fittingDatasets } = await import('../../runs/fitting-datasets.ts');
    return fittingDatasets((await open()).library, file);
  },
  import: async (input) => (await open()).runs.importPredictions(input),
});
