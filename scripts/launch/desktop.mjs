/**
 * Whether the desktop app can be opened here, and with which program. Nothing is downloaded before it is clear that
 * the app could be shown; Electron's sandbox is never switched off: where Linux forbids it, the command that allows
 * it is told and the browser is used meanwhile.
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** How long the place that Electron is downloaded from may take to answer at all. */
const probeMs = 4000;
const releases = 'https://github.com/electron/electron/releases/';

/** What the checks look at; tests hand in other surroundings. */
export function surroundingsHere() {
  return {
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    /** Text of a file of the system, or null. */
    read: (path) => {
      try {
        return readFileSync(path, 'utf8').trim();
      } catch {
        return null;
      }
    },
    /** True when something answers at the address in time. */
    answers: async (address) => {
      try {
        await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeMs) });
        return true;
      } catch {
        return false;
      }
    },
    /** Runs Electron's own download, which shows its progress; resolves with its exit code. */
    download: (node, script) =>
      new Promise((resolve) => {
        const child = spawn(node, [script], { stdio: ['ignore', 2, 2] });
        child.on('error', () => resolve(1));
        child.on('exit', (code) => resolve(code ?? 1));
      }),
  };
}

const isSet = (value) => value !== undefined && value !== '';

/** Why no window can be shown here, in a few words, or null. */
export function whyNoWindow({ platform, env, isRoot }) {
  if ([env.SSH_CONNECTION, env.SSH_CLIENT, env.SSH_TTY].some(isSet)) return 'this is an SSH session';
  if (isSet(env.CI)) return 'nobody is looking (CI is set)';
  if (platform === 'linux' && !isSet(env.DISPLAY) && !isSet(env.WAYLAND_DISPLAY)) return 'there is no display';
  if (platform === 'linux' && isRoot) return 'Electron does not run as root';
  return null;
}

/** Settings of Linux that forbid the sandbox, and the commands that allow it. */
const sandboxSettings = [
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=15000'],
];

/** The command that allows Electron's sandbox here, or null where it is allowed. */
export function sandboxRemedy({ platform, read }) {
  if (platform !== 'linux') return null;
  const forbidding = sandboxSettings.find(([path, value]) => read(path) === value);
  return forbidding === undefined ? null : `sudo sysctl -w ${forbidding[2]}`;
}

/** Electron's program below `root`, or null where it has not been downloaded. */
export function electronProgram(root, env = process.env) {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const dist = isSet(env.ELECTRON_OVERRIDE_DIST_PATH) ? env.ELECTRON_OVERRIDE_DIST_PATH : join(folder, 'dist');
  const program = join(dist, readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : null;
}

/**
 * The program to start the desktop app with (downloaded now where needed), or why there is none and what helps.
 * @returns {Promise<{ program: string } | { reason: string, remedy?: string }>}
 */
export async function findDesktop(root, node, surroundings = surroundingsHere()) {
  const reason = whyNoWindow(surroundings);
  if (reason !== null) return { reason };
  const remedy = sandboxRemedy(surroundings);
  if (remedy !== null) return { reason: "this Linux forbids Electron's sandbox", remedy };
  const { env } = surroundings;
  const present = electronProgram(root, env);
  if (present !== null) return { program: present };
  const script = join(root, 'node_modules', 'electron', 'install.js');
  if (!existsSync(script)) return { reason: 'Electron is not installed' };
  const source = isSet(env.ELECTRON_MIRROR) ? env.ELECTRON_MIRROR : releases;
  if (!(await surroundings.answers(source)))
    return { reason: `Electron cannot be downloaded from ${new URL(source).host}` };
  process.stderr.write('Downloading Electron (about 120 MB); this is done once.\n');
  const code = await surroundings.download(node, script);
  const downloaded = code === 0 ? electronProgram(root, env) : null;
  return downloaded === null ? { reason: 'Electron could not be downloaded' } : { program: downloaded };
}

/** True when the bundles of `npm run build` are there and no older than what they are made of. */
export function isBuilt(root) {
  const built = ['dist/main/index.js', 'dist/preload/index.cjs', 'dist/renderer/index.html'].map((path) =>
    newest(join(root, path)),
  );
  const sources = ['src', 'package-lock.json', 'vite.config.ts', 'scripts/build.ts'].map((path) =>
    newest(join(root, path)),
  );
  return Math.min(...built) > Math.max(...sources);
}

/** Latest modification of a file or of anything in a folder; 0 where nothing is. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
