/**
 * A checkpoint as the builder takes it: the config, and every weight under its canonical name, checked. Whatever the
 * user has (a Hugging Face folder, a released `model.pth` with its base folder, a peft adapter folder over one), the
 * result looks the same.
 */
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { resolveInside } from '../files/safe-path.ts';
import { resolveModelFolder, type ModelFolder } from '../checkpoint/model-folder.ts';
import { mergePeftFolder } from './peft-adapter.ts';
import { openPth } from '../checkpoint/pth.ts';
import { familyOf } from '../backbones/families.ts';
import type { Family, FamilyConfig } from '../backbones/family.ts';
import { mergeStateDict, type MergedWeights } from './released-adapter.ts';
import { openSafetensorsFile } from '../checkpoint/safetensors.ts';
import { renameTensors } from '../checkpoint/source-views.ts';
import { openWeightFolder } from '../checkpoint/weight-folder.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';

export type CheckpointRequest = Readonly<{
  /**
   * A Hugging Face folder or Hub cache snapshot: config, tokenizer, preprocessor, and the weights unless the adapter
   * is a whole model.
   */
  folder: string;
  /** A released `model.pth` (a whole model), a folder that holds one, or a peft adapter folder. */
  adapter?: string | undefined;
  /** Overrides the adapter's alpha; a `model.pth` states none, and 16 is what the released ones were trained with. */
  loraAlpha?: number | undefined;
  /** Highest token id + 1 of the folder's tokenizer. */
  tokenizerLength: number;
}>;

export type Checkpoint = Readonly<{
  model: ModelFolder;
  family: Family;
  /** `text.vocabularySize` and `text.tiedEmbeddings` are those of the weights. */
  config: FamilyConfig;
  /** Exactly the model's tensors, under canonical names, checked against the config. */
  source: WeightSource;
  merged: MergedWeights['merged'];
  /** Stored tensors that are no part of the model, and are left out. */
  unknown: readonly string[];
  /** Weights and settings that make the model what it is, for fingerprints; the tokenizer's are the caller's. */
  files: readonly string[];
}>;

type Adapter = Readonly<{ kind: 'state-dict' | 'peft'; path: string; folder: string }>;

/** Opens, merges and checks. Fails with every kind that checkpoints have; nothing stays open then. */
export async function openCheckpoint(request: CheckpointRequest): Promise<Checkpoint> {
  const model = await resolveModelFolder(request.folder);
  const adapter = request.adapter === undefined ? undefined : await findAdapter(request.adapter);
  // Before the weights: what is no model of a known family should be refused for what it is.
  const family = await familyOf(model.folder);
  await family.readConfig(model.folder);
  const weights = await openWeights(model.folder, family, adapter, request.loraAlpha);
  try {
    const { source, released, merged } = weights;
    const config = await family.readConfig(model.folder, {
      latentFolders: adapter === undefined ? [] : [adapter.folder],
      absent: released ? 'ivt-lr' : 'plain',
    });
    const tiedEmbeddings = config.statesTiedEmbeddings
      ? config.text.tiedEmbeddings
      : !source.tensors.has('lm_head.weight');
    const text = { ...config.text, tiedEmbeddings };
    const { tokenizerLength } = request;
    const resized = adapter !== undefined;
    const checked = config.validate(source, text, { tokenizerLength, resized });
    const names = new Set(source.tensors.keys()).difference(new Set(checked.unknown));
    return {
      model,
      family,
      config: { ...config, text: { ...text, vocabularySize: checked.vocabularySize } },
      source: renameTensors(source, new Map([...names].map((name) => [name, name]))),
      merged,
      unknown: [...weights.unknown, ...checked.unknown],
      files: [...source.files, ...config.files, ...weights.settingsFiles],
    };
  } catch (error) {
    await weights.source.close();
    throw error;
  }
}

async function openWeights(
  folder: string,
  family: Family,
  adapter: Adapter | undefined,
  alpha?: number,
): Promise<MergedWeights> {
  const stored = adapter?.kind === 'state-dict' ? await openStateDict(adapter.path) : await openWeightFolder(folder);
  try {
    const weights = mergeStateDict(stored, family.canonicalName, alpha);
    return adapter?.kind === 'peft' ? await mergePeftFolder(weights, adapter.path, family, alpha) : weights;
  } catch (error) {
    await stored.close();
    throw error;
  }
}

function openStateDict(path: string): Promise<WeightSource> {
  return path.endsWith('.safetensors') ? openSafetensorsFile(path) : openPth(path);
}

async function findAdapter(path: string): Promise<Adapter> {
  let names: string[];
  try {
    if ((await stat(path)).isFile()) return { kind: 'state-dict', path, folder: dirname(path) };
    names = await readdir(path);
  } catch (error) {
    return failFromSystem(error, path);
  }
  if (names.includes('adapter_config.json')) return { kind: 'peft', path, folder: path };
  if (names.includes('model.pth')) {
    return { kind: 'state-dict', path: await resolveInside(path, 'model.pth'), folder: path };
  }
  return fail('missing-file', `${path} holds no adapter.`, {
    file: path,
    expected: 'model.pth, or adapter_config.json with its weights',
    found: names.length === 0 ? 'an empty folder' : names.slice(0, 5).join(', '),
  });
}
