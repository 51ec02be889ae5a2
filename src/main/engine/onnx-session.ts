/**
 * The only user of ONNX Runtime: opens a graph on a device and runs it with plain typed arrays.
 * `session.run` is synchronous inside and cannot be cancelled, so this lives in the engine's own process.
 */
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { picksGpu } from '../../shared/engine-places.ts';
import { fail } from '../../shared/failure.ts';
import type { FloatTensor, IntegerTensor } from '../backbones/backbone.ts';
import { absences, deviceSettings, type OnnxDevice } from './devices.ts';
import { InferenceSession, Tensor, type OnnxTensor, type Session } from './onnxruntime.ts';

/** The runtime's own object, fed back without a copy; on a device of its own memory it stays there. */
export type KeptTensor = Readonly<{ dims: readonly number[]; dispose: () => void }>;

export type FedTensor = FloatTensor | IntegerTensor | KeptTensor;

export type SessionOptions = Readonly<{
  device: OnnxDevice;
  /** Which GPU, on CUDA and DirectML (elsewhere the runtime takes no number); absent: the first. */
  gpu?: number;
  /** Threads inside an operator; null: the runtime's choice (physical cores). */
  threadCount: number | null;
  /** Where the runtime writes how long each operation took, as the session is disposed of: for benchmarks. */
  profileFolder?: string;
}>;

export type SessionOutputs = Readonly<{
  /** An output that came to main memory. */
  values: (name: string) => FloatTensor;
  /** An output that is kept where it is; whoever takes it disposes of it. */
  kept: (name: string) => KeptTensor;
}>;

export class OnnxSession {
  readonly #session: Session;
  readonly #isProfiled: boolean;

  private constructor(session: Session, isProfiled: boolean) {
    this.#session = session;
    this.#isProfiled = isProfiled;
  }

  /**
   * Opens a .onnx file whose external data lies beside it. Every node runs on the device, or this fails: the runtime's
   * own falling back to the CPU is switched off. `keptOutputs` stay in the device's memory.
   */
  static async open(path: string, options: SessionOptions, keptOutputs: readonly string[] = []): Promise<OnnxSession> {
    const { hasOwnMemory } = deviceSettings[options.device];
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: [providerOf(options)],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // A pattern would keep a block for each shape that was ever run: prompts differ, and the process would only grow.
        ...(options.device === 'cpu' ? { enableMemPattern: false } : {}),
        extra: {
          session: {
            // Each session has its own threads; spinning, those of the idle ones would take the cores from the busy one.
            intra_op: { allow_spinning: '0' },
            dynamic_block_base: '4',
            ...(options.device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' }),
          },
        },
        ...(options.threadCount === null ? {} : { intraOpNumThreads: options.threadCount }),
        ...(options.profileFolder === undefined
          ? {}
          : { enableProfiling: true, profileFilePrefix: join(options.profileFolder, basename(path, '.onnx')) }),
        ...(hasOwnMemory && keptOutputs.length > 0
          ? { preferredOutputLocation: Object.fromEntries(keptOutputs.map((name) => [name, 'gpu-buffer' as const])) }
          : {}),
      });
      return new OnnxSession(session, options.profileFolder !== undefined);
    } catch (error) {
      return failToOpen(error, path, options);
    }
  }

  /** Inputs whose sizes are all known. */
  get inputShapes(): { name: string; dims: number[] }[] {
    return this.#session.inputMetadata.flatMap((input) => {
      const dims = input.isTensor ? input.shape.filter((size) => typeof size === 'number') : [];
      return input.isTensor && dims.length === input.shape.length ? [{ name: input.name, dims }] : [];
    });
  }

  async run(feeds: Readonly<Record<string, FedTensor>>): Promise<SessionOutputs> {
    const inputs: Record<string, OnnxTensor> = {};
    for (const [name, value] of Object.entries(feeds)) {
      inputs[name] = value instanceof Tensor ? value : newTensor(value);
    }
    try {
      const outputs = await this.#session.run(inputs);
      const output = (name: string): OnnxTensor => outputs[name] ?? failWithoutOutput(name);
      return {
        values: (name) => {
          const { data, dims } = output(name);
          if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
          return { data, dims };
        },
        kept: output,
      };
    } catch (error) {
      const text = textOf(error);
      if (isOutOfMemory(text)) {
        return fail('out-of-memory', 'There was not enough memory for this batch.', {
          found: text,
          action: 'Use a smaller batch size.',
        });
      }
      if (lossWords.test(text)) {
        return fail('device-lost', 'The device was lost while it worked.', {
          found: text,
          action: 'Resume the run; if it happens again, use a smaller batch size, or update the graphics driver.',
        });
      }
      if (/requires f16 but the device does not support it/.test(text)) {
        return fail('device-unavailable', 'This device does not compute in float16.', {
          found: text,
          action: 'Import the model in f32, int8 or int4.',
        });
      }
      throw error;
    }
  }

  async dispose(): Promise<void> {
    if (this.#isProfiled) this.#session.endProfiling();
    await this.#session.release();
  }
}

/** A tensor of these sizes, each element computed from its index. */
export function int64(dims: readonly number[], valueAt: (index: number) => number): IntegerTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { data: BigInt64Array.from({ length: count }, (_, index) => BigInt(valueAt(index))), dims };
}

/** A reshape's target. */
export function shape(sizes: readonly number[]): IntegerTensor {
  return int64([sizes.length], (index) => sizes[index] ?? 0);
}

function providerOf({ device, gpu = 0 }: SessionOptions): string | { name: string; deviceId: number } {
  const { provider } = deviceSettings[device];
  return picksGpu(device) ? { name: provider, deviceId: gpu } : provider;
}

function newTensor(tensor: FedTensor): OnnxTensor {
  if (!('data' in tensor)) throw new Error('a kept tensor comes from a session');
  const { data, dims } = tensor;
  return data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims);
}

function failWithoutOutput(name: string): never {
  return fail('malformed-bundle', 'A graph of the model lacks an output that this version reads.', {
    place: name,
    action: 'Import the model again.',
  });
}

function failToOpen(error: unknown, path: string, { device, gpu = 0 }: SessionOptions): never {
  const text = textOf(error);
  if (isOutOfMemory(text)) {
    return fail('out-of-memory', `There is not enough memory to load ${basename(path)}.`, {
      file: path,
      found: text,
      action: 'Close other programs, or import the model with a lower precision (int8, int4).',
    });
  }
  const absence = absences.find(({ pattern }) => pattern.test(text));
  if (absence !== undefined) {
    const { message, action } = absence;
    return fail('device-unavailable', message, { file: path, place: device, found: text, action });
  }
  if (device !== 'cpu') {
    return fail(
      'device-unavailable',
      `The device ${device}${gpu === 0 ? '' : ` (GPU ${String(gpu)})`} does not take ${basename(path)}.`,
      {
        file: path,
        expected: 'every node of the graph on the device',
        found: text,
        action: 'Choose another device; "penumbra doctor" says which work here, and why others do not.',
      },
    );
  }
  return fail('malformed-bundle', `${basename(path)} cannot be loaded.`, {
    file: path,
    found: text,
    action: 'Import the model again: the bundle is incomplete or was changed.',
  });
}

/** The runtime's words without the place in its sources that they begin with. */
const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^\/onnxruntime_src\/.* was false\. /s, '').trim();

/** In the words of the C++ library, CUDA, Vulkan, Direct3D and Dawn; a buffer that no memory could hold counts, too. */
const memoryWords =
  /bad_alloc|bad allocation|out[ _]?of[ _]?(?:device[ _]|host[ _])?memory|failed to allocate|8007000e|exceeds the max(?:imum)? buffer size/i;

/** In the words of Dawn (WebGPU), Direct3D and Vulkan. What a lost device was asked for last is often too much memory. */
const lossWords = /device\b.{0,40}\blost|DXGI_ERROR_DEVICE_|VK_ERROR_DEVICE_LOST/i;

const isOutOfMemory = (text: string): boolean => memoryWords.test(text);

/** Version of the runtime, from its own package. */
export function onnxruntimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
