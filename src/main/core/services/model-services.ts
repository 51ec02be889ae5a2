/** Models: imports, the list of bundles, checks. */
import { resolve } from 'node:path';
import type { ModelService } from '../../api/services.ts';
import type { ModelLibrary } from '../../runs/model-library.ts';
import { demoModelName, demoModelPath, findDemoModel, modelsFolder } from '../demo-model.ts';
import { programFiles } from '../program-files.ts';
import type { ServiceParts } from './service-parts.ts';

export function createModelService(parts: ServiceParts): ModelService {
  let opening: Promise<ModelLibrary> | null = null;
  const library = (): Promise<ModelLibrary> =>
    (opening ??= openLibrary(parts).catch((error: unknown) => {
      opening = null;
      throw error;
    }));
  /** An engine that waits for its next question holds memory, and files that Windows then neither replaces nor deletes. */
  const libraryAlone = async (): Promise<ModelLibrary> => {
    await (await parts.open()).runs.unloadIdleEngines();
    return library();
  };
  return {
    import: async (request, options) => {
      const { importModel } = await import('../../import/import-model.ts');
      return importModel(request, options);
    },
    inspect: async ({ path }) => {
      const { readBundle } = await import('../../files/read-bundle.ts');
      return readBundle(resolve(path));
    },
    list: async () => (await library()).list(),
    add: async ({ path }) => (await library()).add(path),
    plan: async (input) => (await library()).plan(input),
    startImport: async (input) => (await libraryAlone()).startImport(input),
    startDemoImport: async () => (await libraryAlone()).startDemoImport(),
    startCheck: async ({ fingerprint }) => (await libraryAlone()).startCheck(fingerprint),
    delete: async ({ fingerprint }) => (await libraryAlone()).remove(fingerprint),
  };
}

async function openLibrary({ open, storePath, tasks, engineHost, survey, live }: ServiceParts): Promise<ModelLibrary> {
  const [{ createModelLibrary }, { readSelfTestQuestion, runSelfTest }, { store, runs }] = await Promise.all([
    import('../../runs/model-library.ts'),
    import('../self-test.ts'),
    open(),
  ]);
  return createModelLibrary({
    store,
    tasks,
    engineHost,
    device: () => survey.choose('auto'),
    alone: runs.withoutEngines,
    secondsPerQuestion: runs.secondsPerQuestion,
    modelsFolder: modelsFolder(storePath),
    demo: {
      path: demoModelPath(storePath),
      checkpoint: programFiles.demoCheckpoints.latent,
      name: demoModelName(),
      isUpToDate: async () => (await findDemoModel(storePath)) !== null,
    },
    question: () => readSelfTestQuestion(programFiles.selfTest),
    selfTest: async () => {
      const { passed } = await runSelfTest(await survey.choose('auto'), engineHost, programFiles.selfTest);
      return passed ? 'passed' : 'failed';
    },
    onChange: () => live.publish({ kind: 'models' }),
  });
}
