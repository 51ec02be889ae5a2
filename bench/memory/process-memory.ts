/** What the system says of a process's memory (Linux), and the most of it over a while. */
import { readFileSync, writeFileSync } from 'node:fs';

export type ProcessMemory = Readonly<{
  /** All that lies in memory, files that are mapped into it included: what `top` shows. */
  residentBytes: number;
  /** Of that its own: no file could give it back. */
  ownBytes: number;
}>;

const samplingMs = 5;

export function readMemory(processId: number): ProcessMemory {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return { residentBytes: field(status, 'VmRSS'), ownBytes: field(status, 'RssAnon') };
}

/**
 * The most that a process takes while `work` goes on. The system keeps the resident peak; its own memory is sampled
 * every few milliseconds.
 */
export async function peakMemory(processId: number, work: Promise<unknown>): Promise<ProcessMemory> {
  // Makes the peak that the system keeps begin anew.
  writeFileSync(`/proc/${processId}/clear_refs`, '5');
  let ownBytes = 0;
  const sample = () => {
    ownBytes = Math.max(ownBytes, readMemory(processId).ownBytes);
  };
  const sampling = setInterval(sample, samplingMs);
  await work.finally(() => clearInterval(sampling));
  sample();
  const residentBytes = field(readFileSync(`/proc/${processId}/status`, 'utf8'), 'VmHWM');
  return { residentBytes, ownBytes };
}

function field(status: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`the system tells no ${name} of a process`);
  return Number(kilobytes) * 1024;
}
