/**
 * A loaded bundle and the primitives that reasoning methods are written on: encode images, embed tokens, start a
 * batch of sequences, read logits. Owns its sessions; one for each engine process.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../../shared/bundle.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { PreprocessedImage } from '../backbones/qwen2-vl/image-processor.ts';
import { visionRotaryTable } from '../backbones/qwen2-vl/rope.ts';
import { findSpecialTokens } from '../vlm/special-tokens.ts';
import { loadTokenizer, type Tokenizer } from '../vlm/tokenizer.ts';
import { deviceSettings } from './devices.ts';
import { EmbeddingTable } from './embedding-table.ts';
import { DeviceCache } from './device-cache.ts';
import { HostCache } from './host-cache.ts';
import { presentNames, type KeyValueCache } from './key-value-cache.ts';
import { int64, OnnxSession, shape, type SessionOptions } from './onnx-session.ts';
import { SequenceBatch } from './sequence-batch.ts';

export class LanguageModel {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly chatTemplate: string;
  readonly #vision: OnnxSession;
  readonly #decoder: OnnxSession;
  readonly #head: OnnxSession;
  /** Gathers rows of a cache that the device keeps; null: caches lie in main memory. */
  readonly #cacheRows: OnnxSession | null;
  readonly #embeddings: EmbeddingTable;
  readonly #positionsAtOnce: number;

  private constructor(parts: {
    bundle: Bundle;
    tokenizer: Tokenizer;
    chatTemplate: string;
    vision: OnnxSession;
    decoder: OnnxSession;
    head: OnnxSession;
    cacheRows: OnnxSession | null;
    embeddings: EmbeddingTable;
    positionsAtOnce: number;
  }) {
    this.bundle = parts.bundle;
    this.tokenizer = parts.tokenizer;
    this.chatTemplate = parts.chatTemplate;
    this.#vision = parts.vision;
    this.#decoder = parts.decoder;
    this.#head = parts.head;
    this.#cacheRows = parts.cacheRows;
    this.#embeddings = parts.embeddings;
    this.#positionsAtOnce = parts.positionsAtOnce;
  }

  static async open(folder: string, options: SessionOptions): Promise<LanguageModel> {
    const bundle = await readBundle(folder);
    const { files, text } = bundle;
    const tokenizer = await loadTokenizer(
      {
        tokenizer: join(folder, files.tokenizer),
        tokenizerConfig: join(folder, files.tokenizerConfig),
        latentTokens: bundle.specialTokens.latent !== null,
      },
      findSpecialTokens,
    );
    const templatePath = join(folder, files.chatTemplate);
    const chatTemplate = await readFile(templatePath, 'utf8').catch((error: unknown) =>
      failFromSystem(error, templatePath),
    );
    const presents = presentNames(text);
    const { hasFusedAttention, hasOwnMemory, positionsAtOnce } = deviceSettings[options.device];
    const vision = hasFusedAttention ? files.vision : files.visionWrittenOut;
    const appending = hasOwnMemory ? undefined : files.decoderAppending;
    const opened: { dispose: () => void | Promise<void> }[] = [];
    const keep = <T extends (typeof opened)[number]>(part: T): T => {
      opened.push(part);
      return part;
    };
    try {
      const table = new EmbeddingTable(
        join(folder, bundle.embeddings.file),
        bundle.embeddings.dtype,
        text.vocabularySize,
        text.hiddenSize,
      );
      return new LanguageModel({
        bundle,
        tokenizer,
        chatTemplate,
        embeddings: keep(table),
        vision: keep(await OnnxSession.open(join(folder, vision), options)),
        decoder: keep(await OnnxSession.open(join(folder, appending ?? files.decoder), options, presents)),
        head: keep(await OnnxSession.open(join(folder, files.head), options)),
        cacheRows:
          appending === undefined
            ? keep(await OnnxSession.open(join(folder, files.cacheRows), options, presents))
            : null,
        positionsAtOnce,
      });
    } catch (error) {
      // Half a model must not keep its memory: the next one has to fit.
      for (const part of opened) await part.dispose();
      throw error;
    }
  }

  /** Vision tower: each image's slots, [J, D]. Images of one size are encoded together, as many as go in at once. */
  async encodeImages(images: readonly PreprocessedImage[]): Promise<Float32Array[]> {
    const result: Float32Array[] = Array.from({ length: images.length });
    const bySize = Map.groupBy(images.keys(), (index) => images[index]?.gridThw.join('x') ?? '');
    const groups = [...bySize.values()].flatMap((indices) => {
      const atOnce = Math.max(1, Math.floor(this.#positionsAtOnce / patchCountOf(at(images, at(indices, 0)))));
      return Array.from({ length: Math.ceil(indices.length / atOnce) }, (_, part) =>
        indices.slice(part * atOnce, (part + 1) * atOnce),
      );
    });
    for (const indices of groups) {
      const group = indices.map((index) => ({ index, image: at(images, index) }));
      const first = at(group, 0).image;
      const patchCount = patchCountOf(first);
      const pixelSize = first.pixelValues.length / patchCount;
      const pixels = new Float32Array(group.length * first.pixelValues.length);
      for (const [position, { image }] of group.entries())
        pixels.set(image.pixelValues, position * first.pixelValues.length);
      const { cos, sin } = visionRotaryTable(first.gridThw, this.bundle.vision);
      const half = cos.length / patchCount;
      const outputs = await this.#vision.run({
        pixel_values: { data: pixels, dims: [group.length, patchCount, pixelSize] },
        rope_cos: { data: cos, dims: [patchCount, half] },
        rope_sin: { data: sin, dims: [patchCount, half] },
        rope_index: int64([group.length, patchCount], (index) => index % patchCount),
        shape_rows: shape([group.length, patchCount, -1]),
        shape_images: shape([group.length, -1, this.bundle.text.hiddenSize]),
      });
      const embeds = outputs.values('image_embeds').data;
      const size = embeds.length / group.length;
      for (const [position, { index }] of group.entries()) {
        result[index] = embeds.slice(position * size, (position + 1) * size);
      }
    }
    return result;
  }

  /** Token embeddings, [ids.length, D]. */
  embed(tokenIds: readonly number[]): Float32Array {
    return this.#embeddings.lookup(tokenIds);
  }

  startBatch(rowCount: number): SequenceBatch {
    const { text } = this.bundle;
    const cache: KeyValueCache =
      this.#cacheRows === null ? new HostCache(text, rowCount) : new DeviceCache(text, rowCount, this.#cacheRows);
    return new SequenceBatch({ decoder: this.#decoder, cache, positionsAtOnce: this.#positionsAtOnce }, text, rowCount);
  }

  /** Logits of each hidden state: B x [D] -> B x [V]. */
  async logits(hidden: readonly Float32Array[]): Promise<Float32Array[]> {
    const { hiddenSize, vocabularySize } = this.bundle.text;
    const data = new Float32Array(hidden.length * hiddenSize);
    for (const [row, state] of hidden.entries()) data.set(state, row * hiddenSize);
    const outputs = await this.#head.run({ hidden: { data, dims: [hidden.length, hiddenSize] } });
    const logits = outputs.values('logits').data;
    return hidden.map((_, row) => logits.subarray(row * vocabularySize, (row + 1) * vocabularySize));
  }

  async dispose(): Promise<void> {
    this.#embeddings.dispose();
    await Promise.all([
      this.#vision.dispose(),
      this.#decoder.dispose(),
      this.#head.dispose(),
      this.#cacheRows?.dispose(),
    ]);
  }
}

const patchCountOf = ({ gridThw: [times, rows, columns] }: PreprocessedImage): number => times * rows * columns;

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index} of ${items.length}`);
  return item;
}
