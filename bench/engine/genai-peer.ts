/** onnxruntime-genai as a process that decodes when asked (trainer/bench/decode_genai.py), its packages apart. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { benchCache } from '../bench-cache.ts';
import { sayProgress } from '../progress-line.ts';
import { pythonEnvironment } from './python-environment.ts';
import { startPython } from './python-process.ts';

const script = fileURLToPath(new URL('../../trainer/bench/decode_genai.py', import.meta.url));
const packages = join(benchCache, 'genai-packages');
const wanted = ['onnxruntime-genai==0.18.0', 'onnx==1.23.2', 'onnx-ir==1.1.0'];

const decodedSchema = z.object({ prefillSeconds: z.number(), decodeSeconds: z.number(), tokens: z.int() });
export type Decoded = z.infer<typeof decodedSchema>;

export type GenaiPeer = Readonly<{
  version: string;
  /** Tokens decoded greedily after a prompt; the first one belongs to the prompt's pass. */
  decode: (promptCount: number, newCount: number) => Promise<Decoded>;
  close: () => void;
}>;

/** The running peer, or why there is none. Its model is built from the checkpoint the first time. */
export async function startGenaiPeer(checkpoint: string, folder: string): Promise<GenaiPeer | string> {
  const environment = await pythonEnvironment();
  if (environment.kind === 'unavailable') return environment.reason;
  const { python } = environment;
  const env = { ...process.env, PYTHONPATH: packages, ORT_DISABLE_TELEMETRY: '1' };
  if (!existsSync(packages)) {
    sayProgress('installing onnxruntime-genai (once) …');
    const code = await run(python, ['-m', 'pip', 'install', '--quiet', '--target', packages, ...wanted], process.env);
    if (code !== 0) return `pip install ${wanted.join(' ')} failed`;
  }
  if (!existsSync(folder)) {
    sayProgress('building the model of onnxruntime-genai (once; some minutes) …');
    if ((await run(python, [script, 'build', checkpoint, folder], env)) !== 0) return 'its model builder failed';
  }
  const { next, ask, close } = startPython(python, [script, 'serve', folder], env);
  return {
    version: z.object({ onnxruntimeGenai: z.string() }).parse(await next()).onnxruntimeGenai,
    decode: async (promptCount, newCount) => decodedSchema.parse(await ask(`${promptCount} ${newCount}`)),
    close,
  };
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'], env });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
