/** The program itself: doctor, live events, tasks, preferences, downloads. */
import { homedir, hostname } from 'node:os';
import { resolve } from 'node:path';
import type { PreferenceService, SystemService, TaskService } from '../../api/services.ts';
import { findDemoModel, modelsFolder } from '../demo-model.ts';
import { programFiles } from '../program-files.ts';
import type { ServiceParts } from './service-parts.ts';

export function createSystemService({ open, storePath, live, survey }: ServiceParts): SystemService {
  return {
    version: programFiles.version,
    info: async () => ({
      version: programFiles.version,
      host: hostname(),
      platform: `${process.platform} ${process.arch}`,
      storePath: resolve(storePath),
      modelsFolder: modelsFolder(storePath),
      homeFolder: homedir(),
      demoDataset: programFiles.demoDataset,
      demoModel: (await findDemoModel(storePath))?.path ?? null,
    }),
    watch: (signal) => live.watch(signal),
    doctor: async () => {
      const { examine } = await import('../doctor.ts');
      const { store, runs } = await open();
      return examine(store, runs, survey);
    },
  };
}

export const createTaskService = ({ tasks }: ServiceParts): TaskService => ({
  list: async () => ({ tasks: tasks.list() }),
  cancel: async ({ taskId }) => tasks.cancel(taskId),
  dismiss: async ({ taskId }) => {
    tasks.dismiss(taskId);
    return { taskId };
  },
});

export const createPreferenceService = ({ open }: ServiceParts): PreferenceService => ({
  get: async () => (await open()).store.preferences.all(),
  set: async ({ name, value }) => {
    (await open()).store.preferences.set(name, value);
    return { name };
  },
});
