/**
 * Which devices work on this machine. Each gets the self-test in an engine process of its own, and how fast it
 * multiplies is measured; what was found holds for the life of this process. `auto` is the fastest that passes:
 * a graphics driver that computes on the processor passes, too, and is slow.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PenumbraFailure } from '../../shared/failure.ts';
import { onnxDevices, type OnnxDevice } from '../engine/devices.ts';
import { refuseDevice, type DeviceChoice } from '../runs/device-choice.ts';
import type { EngineHost } from '../runs/engine-host.ts';
import { graphicsControllers, hardwareOf } from './device-hardware.ts';
import { keepChoice, readKeptChoice } from './kept-choice.ts';
import type { SelfTestResult } from './self-test.ts';

export type DeviceFinding = Readonly<{
  device: OnnxDevice;
  result: SelfTestResult;
  /** Billions of floating-point operations a second in float32 matrix products; null where nothing passed. */
  gigaflops: number | null;
}>;

export type DeviceSurvey = DeviceChoice &
  Readonly<{
    /** Of every device that the program knows, in the order of the settings; found out anew. */
    again: () => Promise<DeviceFinding[]>;
  }>;

export type DeviceSurveyParts = Readonly<{
  engineHost: EngineHost;
  /** resources/self-test */
  selfTest: string;
  /** Where what `auto` means is kept from one process to the next. */
  keptChoice: string;
  version: string;
}>;

export function createDeviceSurvey({ engineHost, selfTest, keptChoice, version }: DeviceSurveyParts): DeviceSurvey {
  const known = new Map<string, Promise<DeviceFinding>>();
  // One after the other: two engines at once would slow each other down.
  let last: Promise<unknown> = Promise.resolve();
  const find = (device: OnnxDevice, gpu = 0): Promise<DeviceFinding> => {
    const key = `${device} ${String(gpu)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    // Of further GPUs nothing is measured: they need not wait for each other.
    const before = gpu === 0 ? last : Promise.resolve();
    const finding = before.then(() => examine(device, gpu, engineHost, selfTest));
    known.set(key, finding);
    const settled = finding.catch(() => known.delete(key));
    if (gpu === 0) last = settled;
    return finding;
  };
  let automatic: Promise<OnnxDevice> | null = null;
  const findAutomatic = async (): Promise<OnnxDevice> => {
    const kept = await readKeptChoice(keptChoice, version);
    if (kept !== null) return kept;
    const others = await Promise.all(onnxDevices.filter((device) => device !== 'cpu').map((device) => find(device)));
    // Most machines have nothing else: then there is nothing to compare the processor with.
    const found = others.some(({ result }) => result.passed) ? fastest([await find('cpu'), ...others]) : 'cpu';
    await keepChoice(keptChoice, version, found);
    return found;
  };
  let controllers: ReturnType<typeof graphicsControllers> | null = null;
  return {
    // The runtime takes the fastest of several adapters; that is the one with most memory, as a rule.
    memoryBytes: async (device) => {
      if (device === 'cpu') return null;
      const known = hardwareOf(device, await (controllers ??= graphicsControllers())).flatMap(
        ({ memoryBytes }) => memoryBytes ?? [],
      );
      return known.length === 0 ? null : Math.max(...known);
    },
    again: async () => {
      known.clear();
      const findings = await Promise.all(onnxDevices.map((device) => find(device)));
      automatic = Promise.resolve(fastest(findings));
      await keepChoice(keptChoice, version, await automatic);
      return findings;
    },
    choose: async (device, gpu = 0) => {
      if (device === 'auto') return await (automatic ??= findAutomatic());
      // The processor is what everything else is measured by; a run on it says what is wrong better than a test.
      if (device === 'cpu') return device;
      const { result } = await find(device, gpu);
      return result.passed ? device : refuseDevice(device, result.detail, gpu);
    },
  };
}

function fastest(findings: readonly DeviceFinding[]): OnnxDevice {
  const passed = findings.filter(({ result }) => result.passed);
  return passed.toSorted((a, b) => (b.gigaflops ?? 0) - (a.gigaflops ?? 0))[0]?.device ?? 'cpu';
}

async function examine(device: OnnxDevice, gpu: number, host: EngineHost, selfTest: string): Promise<DeviceFinding> {
  // Most processes never ask: whatever imports and measures is loaded when one does.
  const { runSelfTest } = await import('./self-test.ts');
  const result = await runSelfTest(device, host, selfTest, gpu);
  // How fast it is matters for the choice of the device, which the first GPU stands for.
  return { device, result, gigaflops: result.passed && gpu === 0 ? await measure(device, host) : null };
}

/** Null where the device fails at it: then nothing speaks for it. */
async function measure(device: OnnxDevice, host: EngineHost): Promise<number | null> {
  const [{ speedProbeOperations, writeSpeedProbe }, { EngineSupervisor }] = await Promise.all([
    import('../builder/speed-probe.ts'),
    import('../runs/engine-supervisor.ts'),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-speed-'));
  const bundlePath = join(folder, 'speed-probe.onnx');
  const engine = new EngineSupervisor(host, { bundlePath, fingerprint: null, device, threadCount: null });
  try {
    await writeSpeedProbe(bundlePath);
    return speedProbeOperations / (await engine.measureSpeed()) / 1e6;
  } catch (error) {
    if (error instanceof PenumbraFailure) return null;
    throw error;
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}
