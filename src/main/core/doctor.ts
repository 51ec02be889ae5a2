/**
 * What `doctor` reports: the machine, the store's state, and for each device whether the self-test passes there, in a
 * fresh engine process.
 */
import { cpus, totalmem } from 'node:os';
import type { DoctorReport } from '../../shared/contract/system.ts';
import { failureOf } from '../../shared/failure.ts';
import { devices, type Device } from '../../shared/run-settings.ts';
import { resolveDevice } from '../engine/devices.ts';
import type { EngineHost } from '../runs/engine-host.ts';
import type { RunService } from '../runs/run-service.ts';
import type { Store } from '../store/store.ts';
import { programFiles } from './program-files.ts';
import { runSelfTest } from './self-test.ts';

type DeviceReport = DoctorReport['devices'][number];
type DeviceCheck = Readonly<{ onnxruntime: string | null; device: DeviceReport }>;

/** Builds the report; an engine that cannot start is part of it, not an error. */
export async function examine(store: Store, runs: RunService, engineHost: EngineHost): Promise<DoctorReport> {
  const checks: DeviceCheck[] = [];
  // One after the other: two engines at once would slow each other down.
  for (const device of devices) if (device !== 'auto') checks.push(await check(device, engineHost));
  return {
    version: programFiles.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'} (${String(cpus().length)} threads)`,
    memoryBytes: totalmem(),
    store: {
      path: store.path,
      schemaVersion: store.schemaVersion,
      integrity: await runs.checkIntegrity(),
      runCount: store.runs.count(),
    },
    onnxruntime: checks.find(({ onnxruntime }) => onnxruntime !== null)?.onnxruntime ?? 'unknown',
    devices: checks.map(({ device }) => device),
  };
}

async function check(device: Device, engineHost: EngineHost): Promise<DeviceCheck> {
  const missing = whyNotAvailable(device);
  if (missing !== null) {
    return { onnxruntime: null, device: { device, available: false, selfTest: 'not run', detail: missing } };
  }
  const { passed, detail, onnxruntimeVersion } = await runSelfTest(device, engineHost, programFiles.selfTest);
  return {
    onnxruntime: onnxruntimeVersion,
    device: { device, available: true, selfTest: passed ? 'passed' : 'failed', detail },
  };
}

/** The engine's own reason, or null where it runs on the device. */
function whyNotAvailable(device: Device): string | null {
  try {
    resolveDevice(device);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return failure.message;
  }
}
