/** Where a run's numbers come from: versions, fingerprints, settings, device, scorer, licence, and how to repeat it. */
import type { ScorerName } from '../../shared/prediction.ts';
import { settingDefinitions, type RunSettings, type SlotChoice } from '../../shared/run-settings.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
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
          },
    model:
      model === undefined
        ? null
        : { path: model.path, name: model.name, fingerprint: model.fingerprint, precision: model.precision },
    settings: run.settings,
    device: run.device,
    environment: run.environment,
    scorer: { name: scorer, version: scorers[scorer].version },
    command: repeatCommand(run, dataset?.path ?? null, model?.path ?? null),
  };
}

/** The command that plans the same run; every setting is named, so that later defaults change nothing. */
function repeatCommand(run: RunRecord, dataset: string | null, model: string | null): string {
  const words =
    run.kind === 'imported'
      ? ['penumbra', 'predictions', 'import', String(run.environment['predictionFile'] ?? '')]
      : ['penumbra', 'eval', '--dataset', dataset ?? '', '--model', model ?? ''];
  if (run.kind === 'imported' && dataset !== null && dataset !== run.environment['predictionFile']) {
    words.push('--dataset', dataset);
  }
  if (run.kind === 'evaluation') {
    if (run.split !== null) words.push('--split', run.split);
    for (const term of run.where) words.push('--where', term);
    if (run.limit !== null) words.push('--limit', String(run.limit));
    if (run.settings !== null) words.push(...settingWords(run.settings));
  }
  words.push('--scorer', run.scorer);
  return words.map(shellWord).join(' ');
}

function settingWords(settings: RunSettings): string[] {
  return settingDefinitions.flatMap(({ name, flag }) => {
    const value = settings[name];
    if (!Array.isArray(value)) return [`--${flag}`, String(value)];
    return value.length === 0 ? [] : [`--${flag}`, value.map(slotText).join(';')];
  });
}

const slotText = ({ step, slots }: SlotChoice): string => `${step}:${slots.join(',')}`;

/** Quoted for a POSIX shell where needed. */
function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
