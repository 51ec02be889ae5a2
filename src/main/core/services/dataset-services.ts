/** Datasets and the folders of this machine. */
import { resolve } from 'node:path';
import type { DatasetService, FolderService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';
import { unbuilt } from './unbuilt.ts';

export function createDatasetService(_parts: ServiceParts): DatasetService {
  return {
    inspect: async ({ path }) => {
      const { openDataset } = await import('../../datasets/open-dataset.ts');
      const dataset = await openDataset(resolve(path));
      try {
        return await dataset.summary();
      } finally {
        await dataset.close();
      }
    },
    open: unbuilt,
    list: unbuilt,
    show: unbuilt,
    samples: unbuilt,
    forget: unbuilt,
    cached: unbuilt,
  };
}

export const createFolderService = ({ browseRoot }: ServiceParts): FolderService => ({
  list: async ({ path, showHidden }) => {
    const { browseFolder } = await import('../../files/browse-folder.ts');
    return browseFolder(browseRoot, path, { showHidden });
  },
});
