/**
 * The API's contract: what the app, the web face and the command line can ask of the core. Implemented in
 * `src/main/api`, served in-process (command line), over HTTP and WebSocket (web face) and over a message port
 * (window). Inputs and outputs are validated by these schemas at the receiver.
 */
import { datasetProcedures, folderProcedures } from './contract/datasets.ts';
import { modelProcedures } from './contract/models.ts';
import { questionProcedures, viewProcedures } from './contract/questions.ts';
import { predictionProcedures, runProcedures } from './contract/runs.ts';
import { exportProcedures, preferenceProcedures, systemProcedures, taskProcedures } from './contract/system.ts';

export const contract = {
  system: systemProcedures,
  tasks: taskProcedures,
  preferences: preferenceProcedures,
  folders: folderProcedures,
  datasets: datasetProcedures,
  models: modelProcedures,
  predictions: predictionProcedures,
  runs: runProcedures,
  questions: questionProcedures,
  views: viewProcedures,
  exports: exportProcedures,
};
export type Contract = typeof contract;
