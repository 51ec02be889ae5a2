/**
 * Root passes every permission check, so tests of permissions run a script in a process of another user when they
 * run as root. That user must be able to read the checkout, which is not so everywhere (a clone below /root).
 */
import { spawnSync } from 'node:child_process';

const nobody = 65534;

/** Options for `spawnSync`: another user as root, the same user otherwise. */
export const asAnybody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** Why a script cannot be run as another user here, or null. */
export function whyNotAsAnybody(script: string): string | null {
  const code = 'require("node:fs").readFileSync(process.argv[1])';
  const { status } = spawnSync(process.execPath, ['-e', code, script], { ...asAnybody, cwd: '/' });
  return status === 0 ? null : 'as root this needs a checkout that other users can read';
}
