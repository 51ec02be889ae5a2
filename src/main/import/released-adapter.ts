/**
 * A whole model saved through peft, as the released IVT-LR `model.pth` are: base weights (`X.base_layer.weight`), LoRA
 * factors beside them, and plain weights, in one state dict. Such a file holds no alpha; the released runs used 16.
 */
import { fail } from '../../shared/failure.ts';
import { findLoraFactors, isAdapterPart, mergeLora, rankOf } from '../checkpoint/lora.ts';
import { mapNames, type CanonicalName } from '../checkpoint/tensor-names.ts';
import { renameTensors } from '../checkpoint/source-views.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';

export const releasedAlpha = 16;

export type MergedWeights = Readonly<{
  /** Canonical names, LoRA merged. */
  source: WeightSource;
  released: boolean;
  merged: { rank: number; alpha: number } | null;
  /** Files beside the weights that decided how they were merged. */
  settingsFiles: readonly string[];
  unknown: readonly string[];
}>;

/**
 * A state dict of a whole model, its LoRA factors merged where it has some.
 * Fails: `missing-tensor`, `wrong-shape`, `unsupported-dtype`, `unsupported-architecture`, `malformed-checkpoint`.
 */
export function mergeStateDict(
  stored: WeightSource,
  canonicalName: CanonicalName,
  alpha: number = releasedAlpha,
): MergedWeights {
  const { source, ...names } = mapNames(stored, canonicalName);
  const factors = findLoraFactors(source);
  const base = renameTensors(source, modelNames(source));
  const adapted = [...source.tensors.values()].find(
    ({ name }) => name.endsWith('.base_layer.weight') && !factors.has(name.replace('.base_layer.', '.')),
  );
  if (adapted !== undefined) {
    fail('missing-tensor', `The LoRA matrices of ${adapted.name} are missing.`, {
      file: adapted.file,
      place: `tensor ${adapted.name}`,
      expected: 'lora_A and lora_B beside every base_layer',
      action: 'Download the checkpoint again.',
    });
  }
  const rank = commonRank([...factors.values()]);
  if (rank === undefined) return { source: base, ...names, merged: null, settingsFiles: [] };
  const merged = mergeLora(base, { factors, adapter: source, scaleOf: () => alpha / rank });
  return { source: merged, ...names, merged: { rank, alpha }, settingsFiles: [] };
}

/** Model name -> stored name, without what peft wraps around it: base layers, and originals of trained modules. */
function modelNames(source: WeightSource): Map<string, string> {
  const names = new Map<string, string>();
  for (const stored of source.tensors.keys()) {
    if (isAdapterPart(stored) || stored.includes('.original_module.')) continue;
    names.set(stored.replace('.base_layer.', '.').replace(/\.modules_to_save\.[^.]+\./, '.'), stored);
  }
  return names;
}

/** One alpha scales every matrix, so that ranks which differ have no known scale. */
function commonRank(factors: readonly Parameters<typeof rankOf>[0][]): number | undefined {
  const [first] = factors;
  if (first === undefined) return undefined;
  const rank = rankOf(first);
  const other = factors.find((pair) => rankOf(pair) !== rank);
  if (other !== undefined) {
    fail('wrong-shape', `The LoRA ranks differ: ${rank} and ${rankOf(other)}.`, {
      file: other.a.file,
      place: `tensor ${other.a.name}`,
      expected: `rank ${rank}, as ${first.a.name} has`,
      found: `[${other.a.shape.join(', ')}]`,
    });
  }
  return rank;
}
