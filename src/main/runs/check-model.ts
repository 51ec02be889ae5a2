/**
 * The check that follows an import: a fresh engine loads the bundle and answers one built-in question, the machine's
 * self-test runs, and the error of the stored weights, measured while they were written, is added. What goes wrong is
 * part of the report; only a bug, or the end of the task, is thrown.
 */
import type { Bundle } from '../../shared/bundle.ts';
import type { ModelReport } from '../../shared/contract/models.ts';
import { fail, failureOf, type Failure } from '../../shared/failure.ts';
import { resolveRunSettings } from '../../shared/run-settings.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { EngineHost } from './engine-host.ts';
import { EngineSupervisor } from './engine-supervisor.ts';

export type ModelCheckParts = Readonly<{
  engineHost: EngineHost;
  /** Where it is loaded: what `auto` means here. */
  device: () => Promise<OnnxDevice>;
  /** The question that every model is asked. */
  question: () => Promise<EngineQuestion>;
  /** The engine's answer to the reference's question on this machine: nothing of the model itself. */
  selfTest: () => Promise<'passed' | 'failed'>;
}>;

/** Enough to see that it answers and how fast; the answer's text is not kept. */
const answerTokens = 64;

/** Fails: `cancelled`. */
export async function checkModel(
  path: string,
  { engineHost, device, question, selfTest }: ModelCheckParts,
  onPhase: (phase: string) => void,
  signal: AbortSignal,
): Promise<ModelReport> {
  const report: ModelReport = {
    checkedAt: new Date().toISOString(),
    answers: false,
    failure: null,
    device: null,
    loadSeconds: null,
    secondsPerQuestion: null,
    memoryBytes: null,
    selfTest: 'not run',
    weightError: null,
  };
  const engine = new EngineSupervisor(engineHost, {
    bundlePath: path,
    fingerprint: null,
    device: await device(),
    threadCount: null,
  });
  const stop = (): void => engine.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    refuseCancelled(signal);
    const bundle = await readBundle(path);
    report.weightError = weightErrorOf(bundle);
    onPhase('loading');
    const loading = performance.now();
    report.device = (await engine.ready()).device;
    report.loadSeconds = secondsSince(loading);
    onPhase('answering');
    const settings = resolveRunSettings({ batchSize: 1, maxTokens: answerTokens }, bundle.trainedFor);
    const answering = performance.now();
    const [prediction] = await engine.answer(settings, [await question()]);
    report.secondsPerQuestion = secondsSince(answering);
    report.memoryBytes = engine.peakMemoryBytes;
    report.answers = prediction?.status !== 'failed';
    if (prediction?.status === 'failed') report.failure = prediction.failure;
  } catch (error) {
    report.failure = failureIn(error);
  } finally {
    signal.removeEventListener('abort', stop);
    await engine.close();
  }
  refuseCancelled(signal);
  onPhase('self-test');
  report.selfTest = await selfTest();
  refuseCancelled(signal);
  return report;
}

function weightErrorOf({ precision, weightError }: Bundle): ModelReport['weightError'] {
  if (weightError !== undefined) return weightError;
  return precision === 'f32' ? { overall: 0, worst: 0, worstTensor: '' } : null;
}

function refuseCancelled(signal: AbortSignal): void {
  if (signal.aborted) fail('cancelled', 'The check was cancelled.');
}

function failureIn(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failure;
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;
