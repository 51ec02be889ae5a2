/**
 * `npm run -s bench -- NAME [--json] [--keep] [--device D] [--preset P]`: runs one benchmark, both sides in one go, and prints what it
 * measured with the machine that it ran on. Without a name it lists the benchmarks: the modules beside this one
 * that export `bench`.
 */
import { cpus, release, totalmem } from 'node:os';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { onnxDevices, type OnnxDevice } from '../src/main/engine/devices.ts';
import { presetNames, type PresetName } from './checkpoints/presets.ts';

export type BenchResult = Readonly<{
  ours: unknown;
  peer: unknown;
  /** Above 1: ours is better; null without a peer. */
  ratio: number | null;
  details: unknown;
}>;

export type BenchOptions = Readonly<{
  /** For those that run a model on a device of choice. */
  device: OnnxDevice;
  /** The random checkpoint of those that leave it to be chosen. */
  preset: PresetName;
}>;

export type Bench = Readonly<{
  name: string;
  describe: string;
  run: (options: BenchOptions) => Promise<BenchResult>;
}>;

const folder = dirname(fileURLToPath(import.meta.url));
const defaults: BenchOptions = { device: 'cpu', preset: 'middle' };
const usage =
  `usage: npm run -s bench -- NAME [--json] [--keep] [--device ${onnxDevices.join('|')}] ` +
  `[--preset ${presetNames.join('|')}]`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const chosen = readArguments(args);
  if (chosen === null) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { name, json, keep, options } = chosen;
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
  const result = { name, machine: describeMachine(), ...(await bench.run(options)) };
  const text = JSON.stringify(result, null, 2);
  process.stdout.write(json ? `${text}\n` : `${asLines(result)}\n`);
  if (keep) {
    const variant = [options.device, options.preset].filter((value) => !Object.values(defaults).includes(value));
    const file = join(folder, 'results', `${[name, ...variant].join('-')}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text}\n`);
    process.stderr.write(`kept in ${file}\n`);
  }
  return 0;
}

/** Null for anything that is not in the usage. */
function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        device: { type: 'string', default: defaults.device },
        preset: { type: 'string', default: defaults.preset },
      },
    });
    const device = onnxDevices.find((each) => each === values.device);
    const preset = presetNames.find((each) => each === values.preset);
    if (positionals.length > 1 || device === undefined || preset === undefined) return null;
    return { name: positionals[0], json: values.json, keep: values.keep, options: { device, preset } };
  } catch {
    return null;
  }
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
