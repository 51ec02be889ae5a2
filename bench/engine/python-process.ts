/** A benchmark's other side: a Python process that answers each line of its standard input with a line of JSON. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type PythonProcess = Readonly<{
  /** Its next line. */
  next: () => Promise<unknown>;
  ask: (line: string) => Promise<unknown>;
  close: () => void;
}>;

export function startPython(
  python: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): PythonProcess {
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${args[0] ?? python} ended: ${errors.trim().split('\n').at(-1) ?? ''}`);
    return JSON.parse(line.value) as unknown;
  };
  return {
    next,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    close: () => {
      child.stdin.end();
    },
  };
}
