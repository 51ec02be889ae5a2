/**
 * Finds a Node that can run Penumbra and hands a command over to it. Penumbra's sources are TypeScript run
 * unbuilt, and better-sqlite3 needs Node-API 10 (on an older Node it crashes without a message), so an older
 * Node, such as 20, only starts the locked one that npm installed beside the other packages.
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** True when this very process can run the sources. */
export function currentNodeFits() {
  return Number(process.versions.napi) >= 10 && Boolean(process.features.typescript);
}

/** The locked Node of this platform below `root`, or null where npm installed none. */
function lockedNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = join(
    root,
    'node_modules',
    `node-${platform}-${process.arch}`,
    'bin',
    platform === 'win' ? 'node.exe' : 'node',
  );
  return existsSync(file) ? file : null;
}

/** Path of a Node that can run the sources, or null, having said what is missing, where there is none. */
export function fittingNode(root) {
  if (currentNodeFits()) return process.execPath;
  const locked = lockedNode(root);
  if (locked !== null) return locked;
  const hint = existsSync(join(root, 'node_modules'))
    ? 'Install Node 24 (https://nodejs.org) and try again.'
    : 'Run "npm ci" first.';
  process.stderr.write(`error: Penumbra needs Node 24 or newer; this is ${process.version}. ${hint}\n`);
  return null;
}

/**
 * Runs a command, passes signals and the exit code on, and resolves with that code. The child gets an IPC
 * channel only so that it notices when this process dies: it must not outlive the one that a user killed.
 */
export function runChild(file, args, { root, tether = false } = {}) {
  const child = spawn(file, args, {
    stdio: tether ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    ...(root === undefined ? {} : { cwd: root }),
    env: tether ? { ...process.env, PENUMBRA_TETHERED: '1' } : process.env,
  });
  // A terminal sends these to the whole group as well; receivers treat a quick repetition as one signal.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code !== null) return resolve(code);
      resolve(128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0));
    });
  });
}
