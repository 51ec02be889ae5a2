/** What an import would make of a checkpoint, for each precision, from headers and settings alone. */
import { stat } from 'node:fs/promises';
import { precisions, type Precision } from '../../shared/bundle.ts';
import type { ImportPlan } from '../../shared/contract/models.ts';
import { engineBytes } from '../../shared/model-memory.ts';
import type { LatentDefaults } from '../../shared/run-settings.ts';
import type { Checkpoint } from './open-checkpoint.ts';
import { tensorSizeBytes, type Graph } from '../builder/graph/graph.ts';
import { encodeOnnx, layOutExternals } from '../builder/graph/onnx-file.ts';
import { builderVersion } from '../builder/builder-version.ts';
import { prepareImport, type CheckpointChoice, type PreparedImport } from './prepare-import.ts';

export type PlannedImport = Pick<
  ImportPlan,
  'name' | 'architecture' | 'parameterCount' | 'sourceBytes' | 'precisions' | 'trainedFor' | 'notes'
>;

/** `bundle.json` without its list of sources, and one entry of that. */
const descriptionBytes = 2600;
const sourceEntryBytes = 220;

/** Fails as opening the checkpoint does. Nothing is written. */
export async function planImport(choice: CheckpointChoice): Promise<PlannedImport> {
  const prepared = await prepareImport(choice);
  const { checkpoint, files } = prepared;
  try {
    const { source, config, model } = checkpoint;
    const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
    return {
      name: model.name,
      architecture: checkpoint.family.architecture,
      parameterCount: [...source.tensors.values()].reduce((sum, { elementCount }) => sum + elementCount, 0),
      sourceBytes: sizes.reduce((sum, size) => sum + size, 0),
      precisions: precisions.map((precision) => ({ precision, ...needsOf(prepared, precision) })),
      trainedFor: describeTraining(config.trainedFor),
      notes: notesOn(checkpoint),
    };
  } finally {
    await checkpoint.source.close();
  }
}

/** Bytes on disk, all files of the bundle together, and of memory for one question. */
function needsOf(
  { checkpoint, tokenizer, files }: PreparedImport,
  precision: Precision,
): Readonly<{ diskBytes: number; memoryBytes: number }> {
  const { config, source } = checkpoint;
  const graphs = Object.values(config.graphs(config.text, precision));
  const weights = graphs.flatMap(({ externals }) => externals.map(tensorSizeBytes));
  const weightBytes = weights.reduce((sum, bytes) => sum + bytes, 0);
  const fileBytes = (graph: Graph): Readonly<{ text: number; weights: number }> => {
    const layout = layOutExternals(graph);
    const text = encodeOnnx(graph, layout, `${graph.name}.onnx.data`, builderVersion).byteLength;
    return { text, weights: layout.sizeBytes };
  };
  const graphFiles = graphs.map(fileBytes).map(({ text, weights }) => text + weights);
  // Over the weights of the others.
  const variantFiles = Object.values(config.variants(config.text, precision)).map(({ graph }) => fileBytes(graph).text);
  const texts = [tokenizer.tokenizerJson, tokenizer.tokenizerConfigJson, tokenizer.chatTemplate ?? ''];
  const embeddingBytes = source.tensors.get('model.embed_tokens.weight')?.sizeBytes ?? 0;
  const parts = [...graphFiles, ...variantFiles, ...texts.map((text) => Buffer.byteLength(text)), embeddingBytes];
  return {
    diskBytes: parts.reduce((sum, bytes) => sum + bytes, descriptionBytes + files.length * sourceEntryBytes),
    memoryBytes: engineBytes({ weightBytes, largestWeightBytes: Math.max(...weights) }, config.text, 1),
  };
}

function describeTraining({ method, latentSteps, patchesPerStep }: LatentDefaults): string {
  if (method !== 'ivt-lr') return 'plain answers (no latent steps)';
  return `IVT-LR, N ${latentSteps}, K ${patchesPerStep}`;
}

function notesOn({ merged, unknown, config }: Checkpoint): string[] {
  const notes: string[] = [];
  if (merged !== null) notes.push(`A LoRA adapter of rank ${merged.rank} and alpha ${merged.alpha} will be merged.`);
  if (!config.trained) notes.push('The checkpoint says that its weights were never trained: its answers mean nothing.');
  if (unknown.length > 0) {
    const [first] = unknown;
    const which =
      unknown.length === 1
        ? `One stored tensor (${String(first)}) is`
        : `${unknown.length} stored tensors (${String(first)}, …) are`;
    notes.push(`${which} no part of the model and will be left out.`);
  }
  return notes;
}
