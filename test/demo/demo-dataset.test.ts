/** The dataset that ships with the program keeps what its card promises (made by trainer/demo/make_demo_dataset.py). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = new URL('../../resources/demo/dataset/', import.meta.url);
const splits = ['train', 'dev', 'test'] as const;

/** M3CoT's original fields, and the boxes of the places that answer the question. */
const rowSchema = z.strictObject({
  id: z.string().min(1),
  category: z.string().min(1),
  image_id: z.string().min(1),
  question: z.string().min(1),
  choices: z.array(z.string().min(1)).length(4),
  context: z.string(),
  answer: z.enum(['A', 'B', 'C', 'D']),
  rationale: z.string().min(1),
  split: z.enum(splits),
  image: z.string(),
  domain: z.enum(['science', 'commonsense', 'mathematics']),
  topic: z.string().min(1),
  evidence: z.array(z.tuple([z.int().min(0), z.int().min(0), z.int().min(1), z.int().min(1)])).min(2),
});
type Row = z.infer<typeof rowSchema>;

function readSplit(split: string): Row[] {
  const lines = readFileSync(new URL(`data/${split}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => rowSchema.parse(JSON.parse(line)));
}

/** Width and height from a PNG's first chunk. */
function pngSize(path: string): readonly [number, number] {
  const bytes = readFileSync(new URL(path, folder));
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

const bySplit = new Map(splits.map((split) => [split, readSplit(split)]));
const rows = [...bySplit.values()].flat();

describe('the demo dataset', () => {
  it('has unique ids and rows of its split', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const [split, inSplit] of bySplit) expect(new Set(inSplit.map((row) => row.split))).toEqual(new Set([split]));
  });

  it('has three topics in each of three domains, alike in every split', () => {
    for (const [split, inSplit] of bySplit) {
      const topics = new Map<string, number>();
      for (const { domain, topic } of inSplit) {
        const name = `${domain}/${topic}`;
        topics.set(name, (topics.get(name) ?? 0) + 1);
      }
      expect(topics.size, split).toBe(9);
      expect(Math.max(...topics.values()) - Math.min(...topics.values()), split).toBeLessThanOrEqual(1);
      for (const domain of ['science', 'commonsense', 'mathematics']) {
        expect([...topics.keys()].filter((name) => name.startsWith(`${domain}/`))).toHaveLength(3);
      }
    }
  });

  it('spreads its answers over the letters: nothing is gained by always saying one', () => {
    for (const [split, inSplit] of bySplit) {
      const counts = ['A', 'B', 'C', 'D'].map((letter) => inSplit.filter(({ answer }) => answer === letter).length);
      expect(Math.max(...counts) - Math.min(...counts), split).toBeLessThanOrEqual(1);
    }
  });

  it('cannot be answered from the questions alone: the same question has other answers elsewhere', () => {
    const answers = new Map<string, string[]>();
    for (const { question, choices, answer } of rows) {
      const text = choices['ABCD'.indexOf(answer)] ?? '';
      answers.set(question, [...(answers.get(question) ?? []), text]);
    }
    for (const [question, given] of answers) {
      if (given.length > 4) expect(new Set(given).size, question).toBeGreaterThan(1);
    }
  });

  it('offers four different options and a rationale of at most three sentences', () => {
    for (const { id, choices, rationale } of rows) {
      expect(new Set(choices).size, id).toBe(4);
      expect(rationale.split(/(?<=\.)\s+/).length, id).toBeLessThanOrEqual(3);
    }
  });

  it('has every picture, none too many, and its evidence inside the picture', () => {
    const files = new Set(readdirSync(new URL('data/images/', folder)));
    const sizes = new Set<string>();
    for (const { id, image, image_id: imageId, evidence } of rows) {
      expect(image).toBe(`data/images/${imageId}.png`);
      files.delete(`${imageId}.png`);
      const [width, height] = pngSize(image);
      sizes.add(`${width}x${height}`);
      for (const [x, y, boxWidth, boxHeight] of evidence) {
        expect(x + boxWidth, id).toBeLessThanOrEqual(width);
        expect(y + boxHeight, id).toBeLessThanOrEqual(height);
      }
    }
    expect([...files]).toEqual([]);
    // Several shapes, so that the stretch to the model's square is seen at work.
    expect(sizes.size).toBeGreaterThanOrEqual(3);
  });

  it('is small, and says whose it is', () => {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const sizeBytes = paths.reduce((sum, { parentPath, name }) => sum + statSync(`${parentPath}/${name}`).size, 0);
    expect(sizeBytes).toBeLessThan(1_500_000);
    expect(readFileSync(new URL('README.md', folder), 'utf8')).toMatch(/^---\n(?:.*\n)*?license: cc0-1\.0\n/);
    expect(readFileSync(new URL('LICENSE', folder), 'utf8')).toContain('CC0 1.0 Universal');
  });
});
