/** The dataset that ships with the program keeps what its card promises (made by trainer/demo/make_demo_dataset.py). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = new URL('../../resources/demo/dataset/', import.meta.url);
const questionCount = 612;
/** Pixels of a picture, and of one of its image tokens. */
const side = 336;
const tokenSide = 56;

/** M3CoT's original fields, and the places that each step of the rationale looks at. */
const rowSchema = z.strictObject({
  id: z.string().min(1),
  category: z.string().min(1),
  image_id: z.string().min(1),
  question: z.string().min(1),
  choices: z.array(z.string().min(1)).length(4),
  context: z.string(),
  answer: z.enum(['A', 'B', 'C', 'D']),
  rationale: z.string().min(1),
  split: z.literal('test'),
  image: z.string(),
  domain: z.enum(['science', 'commonsense', 'mathematics']),
  topic: z.string().min(1),
  evidence: z
    .array(
      z.strictObject({
        step: z.int().min(1).max(3),
        /** x0, y0, x1, y1. */
        box: z.tuple([z.int(), z.int(), z.int(), z.int()]),
        what: z.string().min(1),
      }),
    )
    .min(2),
});

const rows = readFileSync(new URL('data/test.jsonl', folder), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => rowSchema.parse(JSON.parse(line)));

const counted = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

/** Width and height from a PNG's first chunk. */
function pngSize(path: string): readonly [number, number] {
  const bytes = readFileSync(new URL(path, folder));
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('the demo dataset', () => {
  it('has unique ids', () => {
    expect(rows).toHaveLength(questionCount);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(questionCount);
  });

  it('has three topics in each of three domains, equally often', () => {
    const topics = counted(rows.map(({ domain, topic }) => `${domain}/${topic}`));
    expect([...topics.values()]).toEqual(Array.from({ length: 9 }, () => questionCount / 9));
    for (const domain of ['science', 'commonsense', 'mathematics']) {
      expect([...topics.keys()].filter((name) => name.startsWith(`${domain}/`))).toHaveLength(3);
    }
  });

  it('spreads its answers over the letters within each topic: nothing is gained by always saying one', () => {
    const letters = counted(rows.map(({ topic, answer }) => `${topic} ${answer}`));
    expect([...letters.values()]).toEqual(Array.from({ length: 36 }, () => questionCount / 36));
  });

  it('cannot be answered from the questions alone: the same question has other answers elsewhere', () => {
    const answers = new Map<string, string[]>();
    for (const { question, choices, answer } of rows) {
      const text = choices['ABCD'.indexOf(answer)] ?? '';
      answers.set(question, [...(answers.get(question) ?? []), text]);
    }
    const repeated = [...answers].filter(([, given]) => given.length > 4);
    expect(repeated.length).toBeGreaterThan(10);
    for (const [question, given] of repeated) expect(new Set(given).size, question).toBeGreaterThan(1);
  });

  it('offers four different options and a rationale of three steps that ends with the answer’s letter', () => {
    for (const { id, choices, rationale, answer } of rows) {
      expect(new Set(choices).size, id).toBe(4);
      const sentences = rationale.split(/(?<=\.)\s+/);
      expect(sentences, id).toHaveLength(4);
      const value = choices['ABCD'.indexOf(answer)] ?? '';
      expect(sentences[3]?.toLowerCase(), id).toBe(`${value} is ${answer}.`.toLowerCase());
    }
  });

  it('has every picture, none too many, and its evidence on whole image tokens of it', () => {
    const files = new Set(readdirSync(new URL('data/images/', folder)));
    for (const { id, image, image_id: imageId, evidence } of rows) {
      expect(image).toBe(`data/images/${imageId}.png`);
      files.delete(`${imageId}.png`);
      expect(pngSize(image)).toEqual([side, side]);
      expect(new Set(evidence.map(({ box }) => box.join())).size, id).toBeGreaterThanOrEqual(2);
      for (const { box } of evidence) {
        const [x0, y0, x1, y1] = box;
        expect(x0 < x1 && y0 < y1, id).toBe(true);
        for (const edge of box) {
          expect(edge % tokenSide, id).toBe(0);
          expect(edge >= 0 && edge <= side, id).toBe(true);
        }
      }
    }
    expect([...files]).toEqual([]);
  });

  it('is small, and says whose it is', () => {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const sizeBytes = paths.reduce((sum, { parentPath, name }) => sum + statSync(`${parentPath}/${name}`).size, 0);
    expect(sizeBytes).toBeLessThan(4_000_000);
    expect(readFileSync(new URL('README.md', folder), 'utf8')).toMatch(/^---\n(?:.*\n)*?license: cc0-1\.0\n/);
    expect(readFileSync(new URL('LICENSE', folder), 'utf8')).toContain('CC0 1.0 Universal');
  });
});
