/** What an imported model is, for people. */
import type { Bundle } from '../../../shared/bundle.ts';
import { bytes, count } from './numbers.ts';
import { properties } from './table.ts';

export function bundleText(path: string, bundle: Bundle): string {
  const { text, trainedFor } = bundle;
  return properties([
    ['Model', bundle.name],
    ['Folder', path],
    ['Architecture', bundle.architecture],
    ['Precision', bundle.precision],
    ['Parameters', count(bundle.parameterCount)],
    ['Size', bytes(bundle.sizeBytes)],
    [
      'Decoder',
      `${String(text.layerCount)} layers, D = ${String(text.hiddenSize)}, H = ${String(text.headCount)}, V = ${count(text.vocabularySize)}`,
    ],
    ['Vision', visionText(bundle)],
    [
      'Trained for',
      trainedFor.method === 'ivt-lr'
        ? `ivt-lr (N = ${String(trainedFor.latentSteps)}, K = ${String(trainedFor.patchesPerStep)})`
        : trainedFor.method,
    ],
    [
      'Adapter',
      bundle.merged === null
        ? null
        : `LoRA merged, rank ${String(bundle.merged.rank)}, alpha ${String(bundle.merged.alpha)}`,
    ],
    ['Weights', bundle.trained ? null : 'random, never trained: its answers are noise'],
    ['Fingerprint', bundle.fingerprint],
  ]);
}

function visionText(bundle: Bundle): string {
  if (bundle.architecture === 'chameleon') {
    const { vision } = bundle;
    return `${count(vision.placeCount)} codes of ${count(vision.entryCount)}, from ${String(vision.resolution)} px`;
  }
  const { vision } = bundle;
  return `${String(vision.depth)} blocks, width ${String(vision.embedDim)}, patch ${String(vision.patchSize)} px`;
}
