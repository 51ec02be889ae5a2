/**
 * The only importer of onnxruntime-node: opens a graph on a device and runs it with plain typed arrays.
 * `session.run` is synchronous inside and cannot be cancelled, so this lives in the engine's own process.
 */
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { fail } from '../../shared/failure.ts';

/** A float32 tensor; kept as the runtime's own object so that cached keys and values are fed back without a copy. */
export type FloatTensor = Readonly<{ data: Float32Array; dims: readonly number[] }>;

export type SessionOptions = Readonly<{
  /** Threads inside an operator; null: the runtime's choice (physical cores). */
  threadCount: number | null;
}>;

export class OnnxSession {
  readonly #session: InferenceSession;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  /** Opens a .onnx file whose external data lies beside it. */
  static async open(path: string, options: SessionOptions): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Each session has its own threads; spinning, those of the idle ones would take the cores from the busy one.
        extra: { session: { intra_op: { allow_spinning: '0' }, dynamic_block_base: '4' } },
        ...(options.threadCount === null ? {} : { intraOpNumThreads: options.threadCount }),
      });
      return new OnnxSession(session);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (isOutOfMemory(text)) {
        return fail('out-of-memory', `There is not enough memory to load ${basename(path)}.`, {
          file: path,
          found: text,
          action: 'Close other programs, or import the model with a lower precision (int8, int4).',
        });
      }
      return fail('malformed-bundle', `${basename(path)} cannot be loaded.`, {
        file: path,
        found: text,
        action: 'Import the model again: the bundle is incomplete or was changed.',
      });
    }
  }

  async run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Readonly<Record<string, FloatTensor>>> {
    const inputs: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(feeds)) {
      inputs[name] = value instanceof Tensor ? value : new Tensor('float32', value.data, value.dims);
    }
    try {
      const outputs = await this.#session.run(inputs);
      return outputs as unknown as Readonly<Record<string, FloatTensor>>;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (isOutOfMemory(text)) {
        return fail('out-of-memory', 'There was not enough memory for this batch.', {
          found: text,
          action: 'Use a smaller batch size.',
        });
      }
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

const isOutOfMemory = (text: string): boolean =>
  /bad_alloc|out of memory|failed to allocate|bad allocation/i.test(text);

/** Version of the runtime, from its own package. */
export function onnxruntimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
