/**
 * Progress on standard error: a bar on a terminal, plain lines elsewhere (the first at once, then one every few
 * seconds), so that a log of a long run stays readable.
 */
import { SingleBar } from 'cli-progress';

export type Progress = Readonly<{
  /** @param detail what follows the numbers: speed, time left, accuracy */
  update: (done: number, total: number, title: string, detail: string) => void;
  stop: () => void;
}>;

const lineIntervalMs = 5000;

/** @param formatCount how the counted thing is written (questions, bytes) */
export function createProgress(formatCount: (value: number) => string): Progress {
  return process.stderr.isTTY ? createBar(formatCount) : createLines(formatCount);
}

function createBar(formatCount: (value: number) => string): Progress {
  const bar = new SingleBar({
    stream: process.stderr,
    format: (_options, parameters, payload: { title?: string; detail?: string }) => {
      const width = 24;
      const filled = Math.round(parameters.progress * width);
      const counts = `${formatCount(parameters.value)}/${formatCount(parameters.total)}`;
      return `${payload.title ?? ''} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${counts}  ${payload.detail ?? ''}`;
    },
    hideCursor: true,
    clearOnComplete: true,
    fps: 5,
    // The program decides what an interrupt means.
    gracefulExit: false,
  });
  let started = false;
  return {
    update: (done, total, title, detail) => {
      if (!started) bar.start(total, done, { title, detail });
      started = true;
      bar.setTotal(total);
      bar.update(done, { title, detail });
    },
    stop: () => {
      if (started) bar.stop();
      started = false;
    },
  };
}

function createLines(formatCount: (value: number) => string): Progress {
  let last: { at: number; title: string } | null = null;
  let pending: string | null = null;
  const write = (line: string): void => {
    process.stderr.write(`${line}\n`);
    pending = null;
  };
  return {
    update: (done, total, title, detail) => {
      const line = `${title}: ${formatCount(done)}/${formatCount(total)}${detail === '' ? '' : `, ${detail}`}`;
      const now = performance.now();
      if (last !== null && last.title === title && now - last.at < lineIntervalMs) {
        pending = line;
        return;
      }
      last = { at: now, title };
      write(line);
    },
    stop: () => {
      if (pending !== null) write(pending);
    },
  };
}
