/**
 * From a checkpoint (config + weights, perhaps an adapter or the released `model.pth`) to a bundle: graphs, external
 * data, embedding table, tokenizer, description. Streams everything; cancel and failure leave nothing half-made.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleVersion, type Bundle, type Precision, type WeightError } from '../../shared/bundle.ts';
import type { ImportProgress } from '../../shared/contract/models.ts';
import { hashFile } from '../checkpoint/hash-file.ts';
import type { Checkpoint } from './open-checkpoint.ts';
import { builderVersion } from '../builder/builder-version.ts';
import { createChunkBuffers } from '../builder/chunk-buffers.ts';
import { makeBundleFolder } from '../builder/bundle-folder.ts';
import { writeEmbeddings } from '../builder/embedding-file.ts';
import { bundleFingerprint } from '../builder/fingerprint.ts';
import { graphSizes, writeGraphFile, writeGraphVariant } from '../builder/graph-file.ts';
import { ProgressMeter } from '../builder/import-progress.ts';
import { prepareImport, type CheckpointChoice } from './prepare-import.ts';
import { WeightErrorMeter } from '../builder/quantise/weight-error.ts';
import { writeTokenizerFiles, type TokenizerParts } from '../builder/tokenizer-files.ts';

export type ImportRequest = CheckpointChoice &
  Readonly<{ name?: string | undefined; out: string; precision: Precision; replace?: boolean | undefined }>;

export type ImportOptions = Readonly<{
  onProgress: (progress: ImportProgress) => void;
  signal: AbortSignal;
}>;

export type ImportResult = Readonly<{ bundle: Bundle; seconds: number; peakMemoryBytes: number }>;

/**
 * Imports a checkpoint. Fails with what reading it fails with, `disk-full` before anything is written where the
 * space is not there, `cancelled`.
 */
export async function importModel(
  request: ImportRequest,
  { onProgress, signal }: ImportOptions,
): Promise<ImportResult> {
  const started = performance.now();
  const { checkpoint, tokenizer, files } = await prepareImport(request);
  try {
    const { config, source } = checkpoint;
    const graphs = config.graphs(config.text, request.precision);
    const sizes = Object.values(graphs).map((graph) => graphSizes(graph, source));
    const embeddingBytes = source.tensors.get('model.embed_tokens.weight')?.sizeBytes ?? 0;
    const targetBytes = sizes.reduce((sum, { targetBytes: bytes }) => sum + bytes, embeddingBytes);
    const sourceBytes = sizes.reduce((sum, size) => sum + size.sourceBytes, embeddingBytes);

    const bundle = await makeBundleFolder(
      request.out,
      { replace: request.replace ?? false, neededBytes: targetBytes },
      async (folder) => {
        const meter = new ProgressMeter({ sourceBytes, modelBytes: targetBytes }, onProgress);
        const errors = new WeightErrorMeter();
        const nextBuffer = createChunkBuffers();
        meter.enter('converting');
        // Fingerprints need every byte too: hashing runs beside the writing, so the disk is read about once.
        const stopHashing = new AbortController();
        const hashing = hashSources(files, AbortSignal.any([signal, stopHashing.signal]));
        hashing.catch(() => undefined);
        const onBytes = (bytes: number) => meter.add(bytes);
        try {
          for (const [name, graph] of Object.entries(graphs)) {
            await writeGraphFile(graph, { folder, name, source, builderVersion, onBytes, errors, nextBuffer, signal });
          }
          for (const [name, { of, graph }] of Object.entries(config.variants(config.text, request.precision))) {
            const base = graphs[of];
            if (base === undefined) throw new Error(`${name} is over ${of}, which this family lacks`);
            await writeGraphVariant(graph, base, { folder, name, dataName: of, builderVersion });
          }
          const embeddings = await writeEmbeddings(folder, source, { onBytes, nextBuffer, signal });
          await writeTokenizerFiles(folder, tokenizer);
          meter.enter('hashing');
          const description = describe(request, checkpoint, {
            tokenizer,
            embeddings,
            sizeBytes: targetBytes,
            weightError: errors.result(),
            sources: await hashing,
          });
          await writeFile(join(folder, 'bundle.json'), `${JSON.stringify(description, null, 2)}\n`);
          return description;
        } finally {
          // An import that fails must not go on reading gigabytes.
          stopHashing.abort();
        }
      },
    );
    return {
      bundle,
      seconds: (performance.now() - started) / 1000,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await checkpoint.source.close();
  }
}

async function hashSources(files: readonly string[], signal: AbortSignal): Promise<Bundle['sources']> {
  const sources: Bundle['sources'] = [];
  for (const path of files) sources.push(await hashFile(path, { signal }));
  return sources;
}

type DescriptionParts = Readonly<{
  tokenizer: TokenizerParts;
  embeddings: Bundle['embeddings'];
  sizeBytes: number;
  weightError: WeightError | null;
  sources: Bundle['sources'];
}>;

function describe(request: ImportRequest, checkpoint: Checkpoint, parts: DescriptionParts): Bundle {
  const { source, config } = checkpoint;
  const parameterCount = [...source.tensors.values()].reduce((sum, { elementCount }) => sum + elementCount, 0);
  const common = {
    bundleVersion,
    builderVersion,
    fingerprint: bundleFingerprint(parts.sources, request.precision, checkpoint.merged, builderVersion),
    name: request.name ?? checkpoint.model.name,
    precision: request.precision,
    text: config.text,
    specialTokens: parts.tokenizer.specialTokens,
    trainedFor: config.trainedFor,
    trained: config.trained,
    embeddings: parts.embeddings,
    parameterCount,
    sizeBytes: parts.sizeBytes,
    sources: parts.sources,
    merged: checkpoint.merged,
    ...(parts.weightError === null ? {} : { weightError: parts.weightError }),
  };
  const files = {
    decoder: 'decoder.onnx',
    decoderAppending: 'decoder-appending.onnx',
    head: 'head.onnx',
    cacheRows: 'cache-rows.onnx',
    tokenizer: 'tokenizer.json',
    tokenizerConfig: 'tokenizer_config.json',
  };
  const { imageFields } = config;
  if (imageFields.architecture === 'chameleon') {
    return { ...common, ...imageFields, files: { ...files, imageTokenizer: 'image-tokenizer.onnx' } };
  }
  const vision = { vision: 'vision.onnx', visionWrittenOut: 'vision-written-out.onnx' };
  return { ...common, ...imageFields, files: { ...vision, ...files, chatTemplate: 'chat_template.jinja' } };
}
