/**
 * The golden values under test/golden/qwen2-vl: what the PyTorch reference of trainer/golden gives on small random
 * checkpoints (formats: trainer/golden/README.md). Read with the program's own safetensors reader, checked by schema.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { dtypeSizes } from '../../src/main/checkpoint/dtype.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import { attentionMassesSchema } from '../../src/shared/trace.ts';
import { resolveRunSettings, runSettingsSchema, type RunSettings } from '../../src/shared/run-settings.ts';

export const goldenRoot = fileURLToPath(new URL('../golden/qwen2-vl', import.meta.url));

export const goldenCheckpoints = ['tiny-tied', 'tiny-untied', 'tiny-released'] as const;
export type GoldenCheckpoint = (typeof goldenCheckpoints)[number];

const imageSizeSchema = z.object({ width: z.int(), height: z.int() });
export type LatentImageSize = z.infer<typeof imageSizeSchema>;

const massesSchema = attentionMassesSchema.extend({ visionFocus: z.number() });

const goldenStepSchema = massesSchema.extend({
  selectedSlots: z.array(z.int()),
  ranks: z.array(z.int()),
  /** Attention of all J slots. */
  scores: z.array(z.number()),
  pool: z.array(z.int()),
  poolAfterCount: z.int(),
});

const goldenCaseSchema = z.object({
  id: z.string(),
  method: z.enum(['ivt-lr', 'no-cot']),
  settings: runSettingsSchema
    .omit({ method: true, batchSize: true, device: true })
    .extend({ imageSize: imageSizeSchema.nullable() }),
  sample: z.object({
    sampleId: z.string(),
    question: z.string(),
    choices: z.array(z.string()),
    context: z.string(),
    image: z.string(),
  }),
  /** One image marker; `promptTokenIds` has J of them. */
  prompt: z.string(),
  promptTokenIds: z.array(z.int()),
  imageSlots: z.tuple([z.int(), z.int()]),
  gridThw: z.tuple([z.int(), z.int(), z.int()]),
  ropeDelta: z.int().optional(),
  steps: z.array(goldenStepSchema),
  stoppedAtStep: z.int().nullable().default(null),
  final: massesSchema.optional(),
  outputTokenIds: z.array(z.int()),
  outputText: z.string(),
  finishReason: z.enum(['end', 'length']),
  stopTokenIds: z.array(z.int()),
  arSteps: z.int(),
  minGap: z.number(),
});
export type GoldenCase = z.infer<typeof goldenCaseSchema>;

const goldenFileSchema = z.object({
  manifest: z.object({ baseFolder: z.string(), tolerances: z.record(z.string(), z.number()) }),
  cases: z.array(goldenCaseSchema).min(1),
});

export type Golden = Readonly<{
  checkpoint: GoldenCheckpoint;
  cases: readonly GoldenCase[];
  /** A tensor of a case, in row-major order; float32 and int32 both come as numbers. */
  tensor(caseId: string, name: string): Float32Array | Int32Array;
  /** The same, or null for one that only some cases keep. */
  optionalTensor(caseId: string, name: string): Float32Array | Int32Array | null;
}>;

export async function readGolden(checkpoint: GoldenCheckpoint): Promise<Golden> {
  const folder = join(goldenRoot, checkpoint);
  const { cases } = goldenFileSchema.parse(JSON.parse(await readFile(join(folder, 'golden.json'), 'utf8')));
  const tensors = await readTensors(join(folder, 'golden.safetensors'));
  const optionalTensor = (caseId: string, name: string) => tensors.get(`${caseId}.${name}`) ?? null;
  return {
    checkpoint,
    cases,
    optionalTensor,
    tensor(caseId, name) {
      const tensor = optionalTensor(caseId, name);
      if (tensor === null) throw new Error(`${checkpoint} has no golden tensor ${caseId}.${name}`);
      return tensor;
    },
  };
}

/** The whole of a small safetensors file. */
async function readTensors(path: string): Promise<Map<string, Float32Array | Int32Array>> {
  const source = await openSafetensorsFile(path);
  try {
    const tensors = new Map<string, Float32Array | Int32Array>();
    for (const { name, dtype, elementCount } of source.tensors.values()) {
      const { buffer } = await source.read(name, 0, elementCount);
      if (dtype !== 'F32' && dtype !== 'I32') throw new Error(`golden tensor ${name} is ${dtype}`);
      if (buffer.byteLength !== elementCount * dtypeSizes[dtype]) throw new Error(`${name} was read short`);
      tensors.set(name, dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer));
    }
    return tensors;
  } finally {
    await source.close();
  }
}

/** A case's run settings, completed with the defaults that have no part in it. */
export function goldenSettings({ method, settings }: GoldenCase): RunSettings {
  const { imageSize: _, ...input } = settings;
  return resolveRunSettings({ ...input, method, batchSize: 1, device: 'cpu' }, { ...input, method });
}

/** The question of a case with its image's real bytes. */
export async function goldenQuestion({ sample }: GoldenCase): Promise<EngineQuestion> {
  const { sampleId, question, choices, context, image } = sample;
  return { sampleId, question, choices, context, images: [await readFile(join(goldenRoot, image))] };
}
