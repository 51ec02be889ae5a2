/**
 * What `doctor` reports: the machine, the store's state, and for each device whether the built-in demo model
 * really answers a question there, in a fresh engine process.
 */
import { cpus, totalmem } from 'node:os';
import type { DoctorReport } from '../../shared/contract.ts';
import type { EngineReply } from '../engine/protocol.ts';
import { resolveRunSettings } from '../../shared/run-settings.ts';
import { createForkEngineHost } from '../runs/engine-host.ts';
import type { RunService } from '../runs/run-service.ts';
import type { Store } from '../store/store.ts';
import type { DemoModel } from './demo-model.ts';
import { programFiles } from './program-files.ts';

type DeviceCheck = Readonly<{ onnxruntime: string; device: DoctorReport['devices'][number] }>;

/** Builds the report; an engine that cannot start is part of it, not an error. */
export async function examine(store: Store, runs: RunService, model: DemoModel): Promise<DoctorReport> {
  const [{ total }, cpu] = await Promise.all([runs.list({ limit: 1, offset: 0 }), check(model)]);
  return {
    version: programFiles.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'} (${String(cpus().length)} threads)`,
    memoryBytes: totalmem(),
    store: {
      path: store.path,
      schemaVersion: store.schemaVersion,
      integrity: store.checkIntegrity(),
      runCount: total,
    },
    onnxruntime: cpu.onnxruntime,
    devices: [cpu.device],
  };
}

/** Loads the demo model on the CPU and lets it answer a question without image. */
async function check(model: DemoModel): Promise<DeviceCheck> {
  const channel = createForkEngineHost({ entry: programFiles.engineEntry }).start();
  let onnxruntime = 'unknown';
  const result = (selfTest: 'passed' | 'failed', detail: string): DeviceCheck => ({
    onnxruntime,
    device: { device: 'cpu', available: true, selfTest, detail },
  });
  const settings = resolveRunSettings({ method: 'no-cot', maxTokens: 4, device: 'cpu' }, model.bundle.trainedFor);
  const question = { sampleId: 'self-test', question: 'One or two?', choices: ['one', 'two'], context: '', images: [] };
  try {
    return await new Promise<DeviceCheck>((resolve) => {
      channel.onReply((reply: EngineReply) => {
        if (reply.kind === 'loaded') {
          onnxruntime = reply.onnxruntimeVersion;
          channel.send({ kind: 'answer', requestId: 2, settings, questions: [question] });
        } else if (reply.kind === 'answered') {
          const [prediction] = reply.predictions;
          if (prediction?.status === 'failed') resolve(result('failed', prediction.failure.message));
          else resolve(result('passed', `the demo model answered in ${reply.batchMs.toFixed(0)} ms`));
        } else if (reply.kind === 'failed') resolve(result('failed', reply.failure.message));
      });
      channel.onExit(({ code, signal, errorTail }) => {
        resolve(result('failed', `The engine ended (${signal ?? `exit code ${String(code)}`}). ${errorTail}`.trim()));
      });
      channel.send({ kind: 'load', requestId: 1, bundlePath: model.path, device: 'cpu', threadCount: null });
    });
  } finally {
    channel.disconnect();
  }
}
