/** Models: imports, the list of bundles, checks. */
import { resolve } from 'node:path';
import type { ModelService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';
import { unbuilt } from './unbuilt.ts';

export function createModelService(_parts: ServiceParts): ModelService {
  return {
    import: async (request, options) => {
      const { importModel } = await import('../../builder/import-model.ts');
      return importModel(request, options);
    },
    inspect: async ({ path }) => {
      const { readBundle } = await import('../../files/read-bundle.ts');
      return readBundle(resolve(path));
    },
    list: unbuilt,
    add: unbuilt,
    plan: unbuilt,
    startImport: unbuilt,
    startDemoImport: unbuilt,
    startCheck: unbuilt,
    delete: unbuilt,
  };
}
