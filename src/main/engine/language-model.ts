/**
 * A loaded bundle and the primitives that reasoning methods are written on: encode images, embed tokens, start a
 * batch of sequences, read logits. Owns its sessions; one for each engine process.
 */
import { join } from 'node:path';
import type { Bundle } from '../../shared/bundle.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { Backbone } from '../backbones/backbone.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import { openBackbone } from '../backbones/open-backbone.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';
import { deviceSettings } from './devices.ts';
import { EmbeddingTable } from './embedding-table.ts';
import { DeviceCache } from './device-cache.ts';
import { HostCache } from './host-cache.ts';
import { presentNames, type KeyValueCache } from './key-value-cache.ts';
import { OnnxSession, type SessionOptions } from './onnx-session.ts';
import { SequenceBatch } from './sequence-batch.ts';

export class LanguageModel {
  readonly bundle: Bundle;
  readonly backbone: Backbone;
  readonly #vision: OnnxSession;
  readonly #decoder: OnnxSession;
  readonly #head: OnnxSession;
  /** Gathers rows of a cache that the device keeps; null: caches lie in main memory. */
  readonly #cacheRows: OnnxSession | null;
  readonly #embeddings: EmbeddingTable;
  readonly #positionsAtOnce: number;

  private constructor(parts: {
    bundle: Bundle;
    backbone: Backbone;
    vision: OnnxSession;
    decoder: OnnxSession;
    head: OnnxSession;
    cacheRows: OnnxSession | null;
    embeddings: EmbeddingTable;
    positionsAtOnce: number;
  }) {
    this.bundle = parts.bundle;
    this.backbone = parts.backbone;
    this.#vision = parts.vision;
    this.#decoder = parts.decoder;
    this.#head = parts.head;
    this.#cacheRows = parts.cacheRows;
    this.#embeddings = parts.embeddings;
    this.#positionsAtOnce = parts.positionsAtOnce;
  }

  get tokenizer(): Tokenizer {
    return this.backbone.tokenizer;
  }

  static async open(folder: string, options: SessionOptions): Promise<LanguageModel> {
    const bundle = await readBundle(folder);
    const { files, text } = bundle;
    const backbone = await openBackbone(folder, bundle);
    const presents = presentNames(text);
    const { hasFusedAttention, hasOwnMemory, positionsAtOnce } = deviceSettings[options.device];
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
        backbone,
        embeddings: keep(table),
        vision: keep(await OnnxSession.open(join(folder, backbone.imageGraphFile(hasFusedAttention)), options)),
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

  /** Each image's slots, [J, D]. Images of one size are encoded together, as many as go in at once. */
  async encodeImages(images: readonly PreprocessedImage[]): Promise<Float32Array[]> {
    const result: Float32Array[] = Array.from({ length: images.length });
    const bySize = Map.groupBy(images.keys(), (index) => {
      const { resizedWidth, resizedHeight } = at(images, index).geometry;
      return `${resizedWidth}x${resizedHeight}`;
    });
    const groups = [...bySize.values()].flatMap((indices) => {
      const positions = this.backbone.positionsOf(at(images, at(indices, 0)));
      const atOnce = Math.max(1, Math.floor(this.#positionsAtOnce / positions));
      return Array.from({ length: Math.ceil(indices.length / atOnce) }, (_, part) =>
        indices.slice(part * atOnce, (part + 1) * atOnce),
      );
    });
    for (const indices of groups) {
      const outputs = await this.#vision.run(this.backbone.imageFeeds(indices.map((index) => at(images, index))));
      const embeds = this.backbone.slotEmbeds(outputs.values, (ids) => this.embed(ids));
      const size = embeds.length / indices.length;
      for (const [position, index] of indices.entries()) {
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
    for (const token of this.backbone.neverAnswered) {
      for (let row = 0; row < hidden.length; row++) logits[row * vocabularySize + token] = lowestFloat;
    }
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

/** What the reference gives a token that must not be answered: the lowest float32. */
const lowestFloat = -3.4028234663852886e38;

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index} of ${items.length}`);
  return item;
}
