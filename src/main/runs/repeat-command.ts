/** The command that plans the same run again, for a shell. */
import {
  settingDefinitions,
  type LatentDefaults,
  type RunSettings,
  type SlotChoice,
} from '../../shared/run-settings.ts';
import { failureOf } from '../../shared/failure.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

export type RepeatParts = Readonly<{
  dataset: string | null;
  model: string | null;
  /** What starts the program: `penumbra`, or npm's way in a checkout. */
  program: string;
  /** Settings with these values, and the program's own defaults, are left out; null: every setting is named. */
  trainedFor: LatentDefaults | null;
}>;

/**
 * The command with only those settings that model and program would choose otherwise; every setting where the model
 * is gone or another one by now. Null for predictions made elsewhere.
 */
export async function shortRepeatCommand(store: Store, run: RunRecord, program: string): Promise<string | null> {
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  if (run.kind === 'imported' || dataset === undefined || model === undefined) return null;
  const trainedFor = await trainedForOf(model.path, model.fingerprint);
  return repeatCommand(run, { program, dataset: dataset.path, model: model.path, trainedFor });
}

async function trainedForOf(path: string, fingerprint: string): Promise<LatentDefaults | null> {
  try {
    const bundle = await readBundle(path);
    return bundle.fingerprint === fingerprint ? bundle.trainedFor : null;
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}

/** `penumbra eval …`, or `penumbra predictions import …` for predictions made elsewhere. */
export function repeatCommand(run: RunRecord, parts: RepeatParts): string {
  const { program, dataset, model } = parts;
  const { predictionFile } = run.environment;
  const words =
    run.kind === 'imported'
      ? ['predictions', 'import', typeof predictionFile === 'string' ? predictionFile : '']
      : ['eval', '--dataset', dataset ?? '', '--model', model ?? ''];
  if (run.kind === 'imported' && dataset !== null && dataset !== predictionFile) {
    words.push('--dataset', dataset);
  }
  if (run.kind === 'evaluation') {
    if (run.split !== null) words.push('--split', run.split);
    for (const term of run.where) words.push('--where', term);
    if (run.limit !== null) words.push('--limit', String(run.limit));
    if (run.settings !== null) words.push(...settingWords(run.settings, parts.trainedFor));
  }
  words.push('--scorer', run.scorer);
  return [program, ...words.map(shellWord)].join(' ');
}

function settingWords(settings: RunSettings, trainedFor: LatentDefaults | null): string[] {
  return settingDefinitions.flatMap(({ name, flag, default: ownDefault }) => {
    const value = settings[name];
    if (Array.isArray(value)) return value.length === 0 ? [] : [`--${flag}`, listText(value)];
    const usual: unknown =
      trainedFor === null ? undefined : (ownDefault ?? new Map(Object.entries(trainedFor)).get(name));
    return value === usual ? [] : [`--${flag}`, String(value)];
  });
}

const listText = (values: readonly (SlotChoice | number)[]): string =>
  values.every((value) => typeof value === 'number')
    ? values.join(',')
    : values.flatMap((value) => (typeof value === 'number' ? [] : [slotText(value)])).join(';');

const slotText = ({ step, slots }: SlotChoice): string => `${step}:${slots.join(',')}`;

/** Quoted for a POSIX shell where needed. */
function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
