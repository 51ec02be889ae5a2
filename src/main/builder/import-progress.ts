/** Progress of an import in the checkpoint's bytes, whatever the model's own precision, with the time that is left at the speed so far. */
import type { ImportProgress } from '../../shared/contract/models.ts';

/** Reports at most this often, so that a fast import does not drown its listener. */
const reportEveryMs = 200;

export class ProgressMeter {
  readonly #report: (progress: ImportProgress) => void;
  readonly #bytesTotal: number;
  readonly #modelBytes: number;
  readonly #started = performance.now();
  #bytesDone = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  #phase: ImportProgress['phase'] = 'reading';

  constructor(
    { sourceBytes, modelBytes }: Readonly<{ sourceBytes: number; modelBytes: number }>,
    report: (progress: ImportProgress) => void,
  ) {
    this.#bytesTotal = sourceBytes;
    this.#modelBytes = modelBytes;
    this.#report = report;
  }

  enter(phase: ImportProgress['phase']): void {
    this.#phase = phase;
    this.#send();
  }

  add(bytes: number): void {
    this.#bytesDone += bytes;
    if (performance.now() - this.#lastReport >= reportEveryMs) this.#send();
  }

  #send(): void {
    this.#lastReport = performance.now();
    const elapsed = (this.#lastReport - this.#started) / 1000;
    const left = this.#bytesTotal - this.#bytesDone;
    this.#report({
      phase: this.#phase,
      bytesDone: Math.min(this.#bytesDone, this.#bytesTotal),
      bytesTotal: this.#bytesTotal,
      modelBytes: this.#modelBytes,
      secondsLeft: this.#bytesDone === 0 ? null : Math.max(0, (left * elapsed) / this.#bytesDone),
    });
  }
}
