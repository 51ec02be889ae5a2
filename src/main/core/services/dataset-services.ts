/** Datasets and the folders of this machine. */
import { resolve } from 'node:path';
import type { DatasetService, FolderService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';

export function createDatasetService({ open, live }: ServiceParts): DatasetService {
  const library = async () => (await open()).library;
  const changed = () => live.publish({ kind: 'datasets' });
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
    open: async ({ path }) => {
      const opened = await (await library()).open(path);
      changed();
      return opened;
    },
    below: async ({ path }) => {
      const { findDatasets } = await import('../../datasets/find-datasets.ts');
      return { datasets: await findDatasets(resolve(path)) };
    },
    list: async () => ({ datasets: await (await library()).list() }),
    show: async ({ datasetId }) => (await library()).show(datasetId),
    samples: async (input) => (await library()).samples(input),
    forget: async ({ datasetId }) => {
      (await library()).forget(datasetId);
      changed();
      return { datasetId };
    },
    cached: async () => {
      const { hubCacheFolder, listCachedDatasets } = await import('../../datasets/hub-cache.ts');
      const cacheFolder = hubCacheFolder();
      return { cacheFolder, datasets: await listCachedDatasets(cacheFolder) };
    },
  };
}

export const createFolderService = ({ browseRoot }: ServiceParts): FolderService => ({
  list: async ({ path, showHidden }) => {
    const { browseFolder } = await import('../../files/browse-folder.ts');
    return browseFolder(browseRoot, path, { showHidden });
  },
});
