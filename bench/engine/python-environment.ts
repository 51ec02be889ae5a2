/**
 * The Python environment of the benchmarks' other side: trainer/.venv with the versions of
 * trainer/golden/requirements.txt. Made where it is missing and a package index can be reached.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sayProgress } from '../progress-line.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const environment = path('../../trainer/.venv');
const requirements = path('../../trainer/golden/requirements.txt');
const torch = 'torch==2.13.0';
const interpreter = path(
  process.platform === 'win32' ? '../../trainer/.venv/Scripts/python.exe' : '../../trainer/.venv/bin/python',
);

export type PythonEnvironment =
  Readonly<{ kind: 'ready'; python: string }> | Readonly<{ kind: 'unavailable'; reason: string }>;

/** The interpreter in which torch and transformers load, or why there is none. */
export async function pythonEnvironment(): Promise<PythonEnvironment> {
  if (await hasPackages()) return { kind: 'ready', python: interpreter };
  sayProgress('making trainer/.venv with PyTorch (once; some minutes) …');
  if (!existsSync(interpreter)) {
    const systemPython = process.platform === 'win32' ? 'python' : 'python3';
    const made = await run(systemPython, ['-m', 'venv', environment]);
    if (made.code !== 0) return unavailable(`${systemPython} -m venv failed`, made.output);
  }
  for (const wanted of [[torch], ['-r', requirements]]) {
    const installed = await run(interpreter, ['-m', 'pip', 'install', '--quiet', ...wanted]);
    if (installed.code !== 0) return unavailable(`pip install ${wanted.join(' ')} failed`, installed.output);
  }
  return (await hasPackages())
    ? { kind: 'ready', python: interpreter }
    : { kind: 'unavailable', reason: 'torch and transformers were installed but do not load' };
}

async function hasPackages(): Promise<boolean> {
  if (!existsSync(interpreter)) return false;
  return (await run(interpreter, ['-c', 'import torch, transformers, PIL'])).code === 0;
}

function unavailable(what: string, output: string): PythonEnvironment {
  const lastLine = output.trim().split('\n').at(-1) ?? '';
  return { kind: 'unavailable', reason: lastLine === '' ? what : `${what}: ${lastLine}` };
}

async function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return await new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
