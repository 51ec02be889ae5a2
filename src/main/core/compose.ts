/** The services that the API's procedures call, each bound to the layer that does the work. */
import type { Services } from '../api/services.ts';
import { createDatasetService, createFolderService } from './services/dataset-services.ts';
import { createExportService } from './services/export-services.ts';
import { createModelService } from './services/model-services.ts';
import { createQuestionService, createViewService } from './services/question-services.ts';
import { createPredictionService, createRunProcedures } from './services/run-services.ts';
import type { ServiceParts } from './services/service-parts.ts';
import { createPreferenceService, createSystemService, createTaskService } from './services/system-services.ts';

export function createServices(parts: ServiceParts): Services {
  return {
    system: createSystemService(parts),
    tasks: createTaskService(parts),
    preferences: createPreferenceService(parts),
    folders: createFolderService(parts),
    datasets: createDatasetService(parts),
    models: createModelService(parts),
    predictions: createPredictionService(parts),
    runs: createRunProcedures(parts),
    questions: createQuestionService(parts),
    views: createViewService(parts),
    exports: createExportService(parts),
  };
}
