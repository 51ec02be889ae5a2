/** The benchmark's datasets: texts of M3CoT's length, the same on every run; written once, renamed when whole. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Made =
  Readonly<{ kind: 'made'; path: string; sizeMegabytes: number }> | Readonly<{ kind: 'unavailable'; reason: string }>;

const run = promisify(execFile);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const imageCount = 200;
const words =
  'the picture shows a small red boat near two larger ships while birds cross over the quiet water of an old harbour'.split(
    ' ',
  );
const domains = [
  ['science', 'natural-science', 'biology'],
  ['science', 'social-science', 'geography'],
  ['commonsense', 'physical-commonsense', 'things'],
  ['mathematics', 'geometry', 'angles'],
] as const;

/** M3CoT's original shape; the rows name 200 image files among them. */
export async function makeJsonLines(folder: string, rowCount: number): Promise<Made> {
  const made = join(folder, `jsonl-${rowCount}`);
  if (!existsSync(made)) {
    const data = join(`${made}.part`, 'data');
    await rm(`${made}.part`, { recursive: true, force: true });
    await mkdir(join(data, 'images'), { recursive: true });
    for (let image = 0; image < imageCount; image++) {
      await writeFile(join(data, 'images', `picture-${image}.png`), `picture ${image}`);
    }
    await writeLines(join(data, 'test.jsonl'), rowCount, (number) => JSON.stringify(questionOf(number)));
    await rename(`${made}.part`, made);
  }
  return { kind: 'made', path: made, sizeMegabytes: await megabytesOf(join(made, 'data', 'test.jsonl')) };
}

/** VLMEvalKit's shape with images of 1 KB. */
export async function makeTsv(folder: string, rowCount: number): Promise<Made> {
  const made = join(folder, `questions-${rowCount}.tsv`);
  if (!existsSync(made)) {
    await mkdir(folder, { recursive: true });
    const header = [
      'index',
      'image',
      'question',
      'hint',
      'A',
      'B',
      'C',
      'D',
      'answer',
      'category',
      'l2-category',
      'split',
    ];
    await writeLines(`${made}.part`, rowCount + 1, (line) => {
      if (line === 0) return header.join('\t');
      const { id, question, context, choices, answer, topic, domain } = questionOf(line - 1);
      const image = Buffer.alloc(1024, `${id} `).toString('base64');
      return [id, image, question, context, ...choices, answer, topic, domain, 'test'].join('\t');
    });
    await rename(`${made}.part`, made);
  }
  return { kind: 'made', path: made, sizeMegabytes: await megabytesOf(made) };
}

/** M3CoT's Hub shape with images of 4 KB in row groups of 1,000, written by pyarrow. */
export async function makeParquet(folder: string, rowCount: number): Promise<Made> {
  const made = join(folder, `test-${rowCount}.parquet`);
  if (!existsSync(made)) {
    const name = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
    const python = path(`../../trainer/.venv/${name}`);
    const script = path('../../trainer/bench/make_large_parquet.py');
    if (!existsSync(python)) return { kind: 'unavailable', reason: 'not measured: there is no trainer/.venv' };
    await mkdir(folder, { recursive: true });
    try {
      await run(python, [script, `${made}.part`, String(rowCount)]);
    } catch (error) {
      const lastLine = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
      return { kind: 'unavailable', reason: `not measured: pyarrow could not write the file (${lastLine})` };
    }
    await rename(`${made}.part`, made);
  }
  return { kind: 'made', path: made, sizeMegabytes: await megabytesOf(made) };
}

function questionOf(number: number) {
  const [domain, topic, category] = domains[number % domains.length] ?? domains[0];
  return {
    id: `question-${number}`,
    category,
    image_id: `picture-${number}`,
    question: `${sentence(number, 12)}?`,
    choices: [0, 1, 2, 3].map((choice) => sentence(number + choice, 4)),
    context: number % 2 === 0 ? sentence(number, 30) : '',
    answer: 'ABCD'[number % 4],
    rationale: sentence(number, 90),
    split: 'test',
    image: `data/images/picture-${number % imageCount}.png`,
    domain,
    topic,
  };
}

function sentence(seed: number, length: number): string {
  return Array.from({ length }, (_, index) => words[(seed * 7 + index * 3) % words.length]).join(' ');
}

async function writeLines(file: string, count: number, lineOf: (number: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  for (let first = 0; first < count; first += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - first) }, (_, index) => `${lineOf(first + index)}\n`);
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

async function megabytesOf(file: string): Promise<number> {
  return Math.round((await stat(file)).size / 2 ** 20);
}
