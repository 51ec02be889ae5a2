/**
 * Installs the locked packages when they are missing or no longer what package-lock.json says, so that every
 * command works on a fresh clone. Compares with npm's own record of what it installed, which it writes last: an
 * interrupted installation is noticed, and a lock file that was only touched costs nothing.
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages by path, or null where the file is missing or unreadable. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** True when node_modules holds what the lock file asks for. Packages for other platforms may be absent. */
export function isInstalled(root) {
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (locked === null || installed === null) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Runs `npm ci` with the npm that started us; its output goes to standard error. Returns its exit code. */
export function install(root) {
  process.stderr.write('Installing packages (npm ci); this is done once.\n');
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const args = ['ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit'];
  const result =
    npm !== undefined && /\.[cm]?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
          ...options,
          shell: process.platform === 'win32',
        });
  if (result.error) process.stderr.write(`error: npm could not be started: ${result.error.message}\n`);
  return result.status ?? 1;
}
