/** Where a run's numbers come from: versions, fingerprints, settings, device, scorer, licence, and how to repeat it. */
import type { ScorerName } from '../../shared/prediction.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { repeatCommand } from './repeat-command.ts';
import { statusOf } from './run-state.ts';

export type Manifest = Record<string, unknown>;

/** The manifest of a run; `version` is this program's. */
export function runManifest(store: Store, run: RunRecord, scorer: ScorerName, version: string): Manifest {
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  return {
    manifestVersion: 1,
    program: { name: 'penumbra', version },
    run: {
      runId: run.runId,
      kind: run.kind,
      label: run.label,
      status: statusOf(run),
      createdAt: run.createdAt,
      finishedAt: run.finishedAt,
      planned: run.planned,
      configurationHash: run.configurationHash,
    },
    dataset:
      dataset === undefined
        ? null
        : {
            path: dataset.path,
            format: dataset.format,
            fingerprint: dataset.fingerprint,
            licence: dataset.licence,
            split: run.split,
            where: run.where,
            limit: run.limit,
            rowsWithoutImageLeftOut: run.rowsWithoutImage,
            // Of the whole dataset: a row that cannot be read is of no split. Null for runs that did not note it.
            unreadableRowsLeftOut: run.environment['rowsLeftOut'] ?? null,
          },
    model:
      model === undefined
        ? null
        : { path: model.path, name: model.name, fingerprint: model.fingerprint, precision: model.precision },
    settings: run.settings,
    device: run.device,
    environment: run.environment,
    scorer: { name: scorer, version: scorers[scorer].version },
    // Every setting is named, so that later defaults change nothing; the program by its name, wherever it was started.
    command: repeatCommand(run, {
      program: 'penumbra',
      dataset: dataset?.path ?? null,
      model: model?.path ?? null,
      trainedFor: null,
    }),
  };
}
