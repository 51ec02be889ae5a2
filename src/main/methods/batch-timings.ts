/**
 * Times by phase. A batch shares its wall time: each question is given an equal share of every phase, so that the
 * questions' times add up to the batch's. Preprocessing is each question's own and, as in the paper, not part of
 * the time per question.
 */
import type { Timings } from '../../shared/trace.ts';

type Phase = 'vision' | 'prefill' | 'latent' | 'decode';

export class PhaseClock {
  readonly #milliseconds: Record<Phase, number> = { vision: 0, prefill: 0, latent: 0, decode: 0 };
  #last = performance.now();

  /** Books the time since the last call on a phase. */
  end(phase: Phase): void {
    const now = performance.now();
    this.#milliseconds[phase] += now - this.#last;
    this.#last = now;
  }

  share(phase: Phase, rowCount: number): number {
    return this.#milliseconds[phase] / rowCount;
  }
}

export function batchTimings(clock: PhaseClock, questions: readonly { preprocessMs: number }[]): Timings[] {
  const share = (phase: Phase) => clock.share(phase, questions.length);
  const phases = {
    visionMs: share('vision'),
    prefillMs: share('prefill'),
    latentMs: share('latent'),
    decodeMs: share('decode'),
  };
  const totalMs = phases.visionMs + phases.prefillMs + phases.latentMs + phases.decodeMs;
  return questions.map(({ preprocessMs }) => ({ preprocessMs, ...phases, totalMs }));
}
