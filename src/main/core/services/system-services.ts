/** The program itself: doctor, live events, tasks, preferences, downloads. */
import type { ExportService, PreferenceService, SystemService, TaskService } from '../../api/services.ts';
import { programFiles } from '../program-files.ts';
import type { ServiceParts } from './service-parts.ts';
import { unbuilt } from './unbuilt.ts';

export function createSystemService({ open, live, engineHost }: ServiceParts): SystemService {
  return {
    version: programFiles.version,
    info: unbuilt,
    watch: (signal) => live.watch(signal),
    doctor: async () => {
      const { examine } = await import('../doctor.ts');
      const { store, runs } = await open();
      return examine(store, runs, engineHost);
    },
  };
}

export const createTaskService = (_parts: ServiceParts): TaskService => ({
  list: unbuilt,
  cancel: unbuilt,
  dismiss: unbuilt,
});

export const createPreferenceService = (_parts: ServiceParts): PreferenceService => ({ get: unbuilt, set: unbuilt });

export const createExportService = (_parts: ServiceParts): ExportService => ({ prepare: unbuilt, picture: unbuilt });
