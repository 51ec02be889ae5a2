/**
 * `npm run -s bench -- NAME [--json] [--keep]`: runs one benchmark, both sides in one go, and prints what it
 * measured with the machine that it ran on. Without a name it lists the benchmarks: the modules beside this one
 * that export `bench`.
 */
import { cpus, release, totalmem } from 'node:os';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type BenchResult = Readonly<{
  ours: unknown;
  peer: unknown;
  /** Above 1: ours is better; null without a peer. */
  ratio: number | null;
  details: unknown;
}>;

export type Bench = Readonly<{
  name: string;
  describe: string;
  run: (options: { keep: boolean }) => Promise<BenchResult>;
}>;

const folder = dirname(fileURLToPath(import.meta.url));
const usage = 'usage: npm run -s bench -- NAME [--json] [--keep]';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = new Set(args.filter((arg) => arg.startsWith('--')));
  const [name, ...rest] = args.filter((arg) => !arg.startsWith('--'));
  if (rest.length > 0 || [...flags].some((flag) => flag !== '--json' && flag !== '--keep')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const json = flags.has('--json');
  const benches = await findBenches();
  if (name === undefined) {
    printList(benches, json);
    return 0;
  }
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    const message = `There is no benchmark ${name}; there are ${benches.map((each) => each.name).join(', ')}.`;
    if (json) process.stdout.write(`${JSON.stringify({ error: { kind: 'wrong-usage', message } }, null, 2)}\n`);
    else process.stderr.write(`error: ${message}\n`);
    return 2;
  }
  const keep = flags.has('--keep');
  const result = { name, machine: describeMachine(), ...(await bench.run({ keep })) };
  const text = JSON.stringify(result, null, 2);
  process.stdout.write(json ? `${text}\n` : `${asLines(result)}\n`);
  if (keep) {
    const file = join(folder, 'results', `${name}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text}\n`);
    process.stderr.write(`kept in ${file}\n`);
  }
  return 0;
}

/** Loads the modules that say they are benchmarks, in alphabetical order. */
async function findBenches(): Promise<Bench[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'run.ts').sort();
  const benches: Bench[] = [];
  for (const file of files) {
    const path = join(folder, file);
    if (!/^export const bench\b/m.test(await readFile(path, 'utf8'))) continue;
    const module = (await import(pathToFileURL(path).href)) as Readonly<{ bench: Bench }>;
    benches.push(module.bench);
  }
  return benches;
}

function printList(benches: readonly Bench[], json: boolean): void {
  const listed = benches.map(({ name, describe }) => ({ name, describe }));
  if (json) process.stdout.write(`${JSON.stringify({ benchmarks: listed }, null, 2)}\n`);
  else for (const { name, describe } of listed) process.stdout.write(`${name.padEnd(12)} ${describe}\n`);
}

function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: cpus().length,
    memoryBytes: totalmem(),
    os: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
  };
}

/** One line for each field; nested values as JSON. */
function asLines(result: Readonly<Record<string, unknown>>): string {
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(8)} ${typeof value === 'string' ? value : JSON.stringify(value, null, 1)}`)
    .join('\n');
}
