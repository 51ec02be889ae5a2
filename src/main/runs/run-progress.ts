/** How a run that this process works on is doing: counts, speed over the last minute, time left. */
import type { RunEvent } from '../../shared/run.ts';

export type ProgressCounts = Readonly<{ done: number; correct: number; failed: number }>;

/** Everything of an event but its place in the sequence and the run's status. */
export type ProgressState = Omit<RunEvent, 'sequence' | 'status'>;

/** Speed is measured over this long. */
const windowMs = 60_000;

export class RunProgress {
  readonly #runId: string;
  readonly #planned: number;
  #counts: ProgressCounts;
  #phase = 'waiting';
  /** Finished batches of the window: when, and how many questions were done in all. */
  #marks: Readonly<{ at: number; done: number }>[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(runId: string, planned: number, counts: ProgressCounts) {
    this.#runId = runId;
    this.#planned = planned;
    this.#counts = counts;
  }

  /** Resolves at the next change. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  enter(phase: string, now: number = performance.now()): void {
    this.#phase = phase;
    if (phase === 'answering') this.#marks = [{ at: now, done: this.#counts.done }];
    this.#notify();
  }

  add(batch: ProgressCounts, now: number = performance.now()): void {
    this.#counts = {
      done: this.#counts.done + batch.done,
      correct: this.#counts.correct + batch.correct,
      failed: this.#counts.failed + batch.failed,
    };
    this.#marks.push({ at: now, done: this.#counts.done });
    while (this.#marks.length > 2 && now - (this.#marks[0]?.at ?? now) > windowMs) this.#marks.shift();
    this.#notify();
  }

  state(): ProgressState {
    const questionsPerSecond = this.#speed();
    const left = this.#planned - this.#counts.done;
    return {
      runId: this.#runId,
      ...this.#counts,
      planned: this.#planned,
      questionsPerSecond,
      secondsLeft: questionsPerSecond === null || questionsPerSecond === 0 ? null : left / questionsPerSecond,
      phase: this.#phase,
    };
  }

  #speed(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    return (last.done - first.done) / ((last.at - first.at) / 1000);
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
