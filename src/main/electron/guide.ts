/** The guide that comes with the program, for the system's own program for such files. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The guide's first file below `root`, where other programs can read it; null where this build has none. */
export function findGuide(root: string): string | null {
  // Nothing but Electron reads inside an archive; packaged, the guide lies beside it.
  const outside = root.endsWith(`${sep}app.asar`) ? `${root}.unpacked` : root;
  const file = join(outside, 'docs', 'guide', 'app.md');
  return existsSync(file) ? file : null;
}
