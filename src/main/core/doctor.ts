/**
 * What `doctor` reports: the machine, the store's state, and for each device whether the self-test passes there, in a
 * fresh engine process.
 */
import type { DoctorReport } from '../../shared/contract/system.ts';
import type { RunService } from '../runs/run-service.ts';
import type { Store } from '../store/store.ts';
import { graphicsControllers, hardwareOf, type GraphicsController } from './device-hardware.ts';
import type { DeviceFinding, DeviceSurvey } from './device-survey.ts';
import { programFiles } from './program-files.ts';

/** Builds the report; an engine that cannot start is part of it, not an error. */
export async function examine(store: Store, runs: RunService, survey: DeviceSurvey): Promise<DoctorReport> {
  const [findings, controllers] = await Promise.all([survey.again(), graphicsControllers()]);
  return {
    version: programFiles.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    store: {
      path: store.path,
      schemaVersion: store.schemaVersion,
      integrity: await runs.checkIntegrity(),
      runCount: store.runs.count(),
    },
    onnxruntime:
      findings.find(({ result }) => result.onnxruntimeVersion !== null)?.result.onnxruntimeVersion ?? 'unknown',
    devices: findings.map((finding) => describe(finding, controllers)),
    automatic: await survey.choose('auto'),
  };
}

function describe(
  { device, result, gigaflops }: DeviceFinding,
  controllers: readonly GraphicsController[],
): DoctorReport['devices'][number] {
  const { passed, isAvailable, detail } = result;
  return {
    device,
    hardware: hardwareOf(device, controllers),
    available: isAvailable,
    selfTest: passed ? 'passed' : isAvailable ? 'failed' : 'not run',
    gigaflops,
    detail,
  };
}
