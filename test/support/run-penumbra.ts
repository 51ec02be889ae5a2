/** Runs the command line as its user does: a process of its own, with what it printed and its exit code. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A checkpoint of random weights with the sizes of a demo: J = 64, K = 8, N = 3. Its answers are noise. */
export const randomCheckpoint = join(repositoryRoot, 'test', 'golden', 'qwen2-vl', 'demo-sized');
export const penumbraScript = join(repositoryRoot, 'scripts', 'penumbra.mjs');

export type Finished = Readonly<{ code: number | null; stdout: string; stderr: string }>;

export type RunOptions = Readonly<{
  /** Replaces the user's data folder. */
  dataFolder: string;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}>;

/** Environment in which the default store lies below `dataFolder` on every operating system. */
export function isolatedEnvironment({ dataFolder, env = {} }: RunOptions): NodeJS.ProcessEnv {
  return { ...process.env, XDG_DATA_HOME: dataFolder, APPDATA: dataFolder, HOME: dataFolder, CI: 'true', ...env };
}

export function runPenumbra(args: readonly string[], options: RunOptions): Promise<Finished> {
  const child = spawn(process.execPath, [penumbraScript, ...args], {
    env: isolatedEnvironment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
