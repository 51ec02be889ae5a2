/** Whether `npm start` opens the desktop app or the browser: every branch, with made-up surroundings. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { asAnybody, whyNotAsAnybody } from '../support/another-user.ts';
import { repositoryRoot } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

type Surroundings = Readonly<{
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  isRoot: boolean;
  read: (path: string) => string | null;
  answers: (address: string) => Promise<boolean>;
  download: (node: string, script: string) => Promise<number>;
}>;
type Found = Readonly<{ program?: string; reason?: string; remedy?: string }>;
type DesktopModule = Readonly<{
  findDesktop: (root: string, node: string, surroundings: Surroundings) => Promise<Found>;
  isBuilt: (root: string) => boolean;
}>;

const script = pathToFileURL(join(repositoryRoot, 'scripts', 'launch', 'desktop.mjs')).href;
const { findDesktop, isBuilt } = (await import(script)) as DesktopModule;
const newFolder = temporaryFolders();

const never = (): Promise<never> => Promise.reject(new Error('not to be asked'));
const desk: Surroundings = {
  platform: 'linux',
  env: { DISPLAY: ':0' },
  isRoot: false,
  read: () => null,
  answers: never,
  download: never,
};

/** A checkout whose Electron has been downloaded, or not. */
async function checkout(hasProgram: boolean): Promise<string> {
  const root = await newFolder();
  const electron = join(root, 'node_modules', 'electron');
  mkdirSync(join(electron, 'dist'), { recursive: true });
  writeFileSync(join(electron, 'install.js'), '');
  if (hasProgram) putProgram(root);
  return root;
}
function putProgram(root: string): void {
  const electron = join(root, 'node_modules', 'electron');
  writeFileSync(join(electron, 'path.txt'), 'electron');
  writeFileSync(join(electron, 'dist', 'electron'), '');
}
const find = (root: string, changes: Partial<Surroundings> = {}) => findDesktop(root, 'node', { ...desk, ...changes });

describe('the browser is used', () => {
  it.each<[string, Partial<Surroundings>, string]>([
    ['over SSH', { env: { DISPLAY: ':10', SSH_CONNECTION: '1 2 3 4' } }, 'this is an SSH session'],
    ['on a Mac over SSH', { platform: 'darwin', env: { SSH_TTY: '/dev/ttys1' } }, 'this is an SSH session'],
    ['in CI', { env: { DISPLAY: ':0', CI: 'true' } }, 'nobody is looking (CI is set)'],
    ['without a display', { env: {} }, 'there is no display'],
    ['with an empty display', { env: { DISPLAY: '' } }, 'there is no display'],
    ['as root', { isRoot: true }, 'Electron does not run as root'],
  ])('%s, although Electron is there', async (_, changes, reason) => {
    expect(await find(await checkout(true), changes)).toEqual({ reason });
  });

  it.each([
    ['apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
    ['unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
    ['max_user_namespaces', '0', 'user.max_user_namespaces=15000'],
  ])('where %s is %s, with the command that helps and nothing downloaded', async (name, value, setting) => {
    const read = (path: string): string | null => (path.endsWith(`/${name}`) ? value : null);
    const found = await find(await checkout(false), { read });
    expect(found).toEqual({ reason: "this Linux forbids Electron's sandbox", remedy: `sudo sysctl -w ${setting}` });
  });

  it('where nothing answers at the download', async () => {
    const asked: string[] = [];
    const answers = (address: string): Promise<boolean> => {
      asked.push(address);
      return Promise.resolve(false);
    };
    const root = await checkout(false);
    expect(await find(root, { answers })).toEqual({ reason: 'Electron cannot be downloaded from github.com' });
    const env = { DISPLAY: ':0', ELECTRON_MIRROR: 'https://mirror.example/electron/' };
    expect(await find(root, { answers, env })).toEqual({ reason: 'Electron cannot be downloaded from mirror.example' });
    expect(asked).toEqual(['https://github.com/electron/electron/releases/', 'https://mirror.example/electron/']);
  });

  it('where the download fails', async () => {
    const found = await find(await checkout(false), {
      answers: () => Promise.resolve(true),
      download: () => Promise.resolve(1),
    });
    expect(found).toEqual({ reason: 'Electron could not be downloaded' });
  });

  it('where Electron is not installed', async () => {
    expect(await find(await newFolder())).toEqual({ reason: 'Electron is not installed' });
  });
});

describe('the desktop app is opened', () => {
  it.each<[string, Partial<Surroundings>]>([
    ['on a desk', {}],
    ['under Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' } }],
    ['on Windows', { platform: 'win32', env: {} }],
    ['on a Mac', { platform: 'darwin', env: {} }],
    ['where the settings allow the sandbox', { read: (path) => (path.includes('apparmor') ? '0' : '1') }],
  ])('%s, without asking the network where Electron is there', async (_, changes) => {
    const root = await checkout(true);
    expect(await find(root, changes)).toEqual({ program: join(root, 'node_modules', 'electron', 'dist', 'electron') });
  });

  it('after its download', async () => {
    const root = await checkout(false);
    const found = await find(root, {
      answers: () => Promise.resolve(true),
      download: (node, installer) => {
        expect([node, installer]).toEqual(['node', join(root, 'node_modules', 'electron', 'install.js')]);
        putProgram(root);
        return Promise.resolve(0);
      },
    });
    expect(found.program).toBe(join(root, 'node_modules', 'electron', 'dist', 'electron'));
  });
});

it('a build is used until its sources are newer', async () => {
  const root = await newFolder();
  for (const folder of ['src/main', 'dist/main', 'dist/preload', 'dist/renderer']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const source = join(root, 'src', 'main', 'index.ts');
  writeFileSync(source, '');
  expect(isBuilt(root)).toBe(false);
  const built = ['dist/main/index.js', 'dist/preload/index.cjs', 'dist/renderer/index.html'];
  for (const file of built) writeFileSync(join(root, file), '');
  const [before, after] = [new Date(Date.now() - 10_000), new Date(Date.now() + 10_000)];
  utimesSync(source, before, before);
  expect(isBuilt(root)).toBe(true);
  utimesSync(source, after, after);
  expect(isBuilt(root)).toBe(false);
});

/** `npm start` itself, in a checkout with a program that stands in for Electron, and a command line that tells. */
const obstacle =
  process.platform === 'linux'
    ? whyNotAsAnybody(join(repositoryRoot, 'scripts', 'launch.mjs'))
    : 'only written for Linux';
describe.skipIf(obstacle !== null)(`npm start${obstacle === null ? '' : `: ${obstacle}`}`, () => {
  /** @param program what Electron's program does; null: it has not been downloaded */
  async function start(program: string | null, env: NodeJS.ProcessEnv, ...args: string[]) {
    const root = await checkout(program !== null);
    cpSync(join(repositoryRoot, 'scripts'), join(root, 'scripts'), { recursive: true });
    mkdirSync(join(root, 'src', 'main', 'cli'), { recursive: true });
    writeFileSync(
      join(root, 'src', 'main', 'cli', 'main.ts'),
      'console.log(`web ${process.argv.slice(2).join(" ")}`);',
    );
    writeFileSync(join(root, 'scripts', 'build.ts'), 'console.error("built");');
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    writeFileSync(join(root, 'package-lock.json'), '{"packages":{}}');
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), '{"packages":{}}');
    chmodSync(root, 0o755);
    if (program !== null) {
      const file = join(root, 'node_modules', 'electron', 'dist', 'electron');
      writeFileSync(file, `#!/bin/sh\n${program}\n`);
      chmodSync(file, 0o755);
    }
    const clean = { ...process.env };
    for (const name of ['CI', 'DISPLAY', 'WAYLAND_DISPLAY', 'SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'])
      delete clean[name];
    const options = { cwd: root, env: { ...clean, ...env }, encoding: 'utf8', ...asAnybody } as const;
    return spawnSync(process.execPath, [join(root, 'scripts', 'launch.mjs'), 'start', ...args], options);
  }

  it('opens the browser with one plain line where there is no display', async () => {
    const { status, stdout, stderr } = await start('exit 9', {}, '--store', 'x');
    expect([status, stdout]).toEqual([0, 'web serve --open --store x\n']);
    expect(stderr).toBe(
      'No window of its own here: there is no display. The pages are served for a browser instead.\n',
    );
  });

  it('waits a few seconds at most for a network that does not answer, and says so in one line', async () => {
    // The system accepts the connection; nobody ever reads from it.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const before = performance.now();
    await start(null, {});
    const unasked = performance.now();
    const env = { DISPLAY: ':0', ELECTRON_MIRROR: `http://127.0.0.1:${String(port)}/` };
    const { status, stdout, stderr } = await start(null, env);
    const waitedMs = performance.now() - unasked - (unasked - before);
    silent.close();
    expect([status, stdout]).toEqual([0, 'web serve --open\n']);
    expect(stderr).toBe(
      `No window of its own here: Electron cannot be downloaded from 127.0.0.1:${String(port)}. ` +
        'The pages are served for a browser instead.\n',
    );
    expect(waitedMs).toBeLessThan(6500);
  });

  it('asks for no desktop where a port is named', async () => {
    const { stdout, stderr } = await start('exit 9', { DISPLAY: ':0' }, '--port', '8080');
    expect([stdout, stderr]).toEqual(['web serve --open --port 8080\n', '']);
  });

  it('builds and starts Electron as itself, whatever an editor has set', async () => {
    const program = 'echo "electron $2 $3 [$ELECTRON_RUN_AS_NODE]"';
    const { status, stdout, stderr } = await start(
      program,
      { DISPLAY: ':0', ELECTRON_RUN_AS_NODE: '1' },
      '--store',
      'x',
    );
    expect([status, stdout]).toEqual([0, 'electron --store x []\n']);
    expect(stderr).toContain('built');
  });

  it('falls back to the browser where Electron ends at once', async () => {
    const { stdout, stderr } = await start('exit 127', { DISPLAY: ':0' });
    expect(stdout).toBe('web serve --open\n');
    expect(stderr).toContain('Electron ended at once with exit code 127');
  });
});
