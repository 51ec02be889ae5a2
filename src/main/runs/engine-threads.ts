/**
 * Threads of engines that share one processor. Left to itself each engine would take every physical core, and the
 * runtime would bind the threads of all engines to the same ones.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, platform } from 'node:os';

/** Threads of the engine at `index` of `engineCount`, at least 1; what does not divide goes to the first ones. */
export function threadsOfEngine(index: number, engineCount: number, coreCount: number): number {
  const share = Math.floor(coreCount / engineCount);
  return Math.max(1, share + (index < coreCount % engineCount ? 1 : 0));
}

/** Cores that this process may use; on Linux without the second thread of each core, which adds little. */
export function coreCount(): number {
  const available = availableParallelism();
  return platform() === 'linux' ? Math.min(available, physicalCores() ?? available) : available;
}

/** Null where the system does not say. */
function physicalCores(): number | null {
  try {
    const blocks = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n');
    const places = blocks.flatMap((block) => {
      const [socket, core] = ['physical id', 'core id'].map((name) =>
        new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(block),
      );
      return socket?.[1] === undefined || core?.[1] === undefined ? [] : [`${socket[1]} ${core[1]}`];
    });
    return places.length === 0 ? null : new Set(places).size;
  } catch {
    return null;
  }
}
