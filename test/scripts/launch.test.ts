/** The launcher in a folder of its own, with a stand-in for npm that keeps a log. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();

const npmSource = `
import { appendFileSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
if (existsSync('npm-fails')) process.exit(7);
mkdirSync('node_modules', { recursive: true });
copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
console.log('npm talks');
`;

/** Stands in for the benchmarks: prints its arguments, or waits for a signal. */
const benchSource = `
const [what, value]: string[] = process.argv.slice(2);
if (what === 'exit') process.exit(Number(value));
if (what !== 'wait') console.log(JSON.stringify(process.argv.slice(2)));
else {
  process.on('SIGTERM', () => { console.log('got SIGTERM'); process.exit(9); });
  process.on('disconnect', () => process.exit(0));
  console.log(String(process.pid));
  setInterval(() => undefined, 1000);
}
`;

let counter = 0;
function makeRoot(): string {
  counter += 1;
  const root = join(folder, String(counter));
  cpSync(join(repositoryRoot, 'scripts'), join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'bench'));
  writeFileSync(join(root, 'bench', 'run.ts'), benchSource);
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'npm.mjs'), npmSource);
  lock(root, '1.0.0');
  return root;
}

function lock(root: string, version: string): void {
  const packages = {
    '': {},
    'node_modules/a': { version, integrity: `sha512-${version}` },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-x', optional: true },
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
}

function start(root: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'scripts', 'launch.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, npm_execpath: join(root, 'npm.mjs') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function launch(root: string, ...args: string[]) {
  const child = start(root, args);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

const npmRuns = (root: string): number =>
  existsSync(join(root, 'npm.log')) ? readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n').length : 0;

describe('installing', () => {
  it('happens once, and leaves standard output to the command', async () => {
    const root = makeRoot();
    expect((await launch(root, 'bench', 'one', '--two')).stdout).toBe('["one","--two"]\n');
    expect(readFileSync(join(root, 'npm.log'), 'utf8')).toMatch(/^ci /);
    await launch(root, 'bench');
    expect(npmRuns(root)).toBe(1);
  });

  it('happens again when the lock file asks for something else', async () => {
    const root = makeRoot();
    await launch(root, 'bench');
    lock(root, '1.0.1');
    await launch(root, 'bench');
    expect(npmRuns(root)).toBe(2);
  });

  it('happens again when an installation was interrupted', async () => {
    const root = makeRoot();
    mkdirSync(join(root, 'node_modules', 'a'), { recursive: true });
    await launch(root, 'bench');
    expect(npmRuns(root)).toBe(1);
  });

  it("passes npm's failure on", async () => {
    const root = makeRoot();
    writeFileSync(join(root, 'npm-fails'), '');
    const { code, stdout } = await launch(root, 'bench');
    expect(code).toBe(7);
    expect(stdout).toBe('');
  });
});

describe('starting', () => {
  it('refuses a verb that it does not know', async () => {
    const root = makeRoot();
    expect(await launch(root, 'toString')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('usage:') as string,
    });
    expect(npmRuns(root)).toBe(0);
  });

  it('passes the exit code on', async () => {
    expect((await launch(makeRoot(), 'bench', 'exit', '3')).code).toBe(3);
  });

  it('passes signals on', async () => {
    const child = start(makeRoot(), ['bench', 'wait']);
    let stdout = '';
    child.stdout?.on('data', (text: Buffer) => {
      if (stdout === '') child.kill('SIGTERM');
      stdout += text.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(stdout).toContain('got SIGTERM');
    expect(code).toBe(9);
  });

  it('leaves nothing behind when it is killed', async () => {
    const child = start(makeRoot(), ['bench', 'wait']);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGKILL');
    // The pipe closes when the last process that holds it is gone.
    await new Promise((resolve) => child.on('close', resolve));
  });
});
