/** A dataset in M3CoT's original format whose pictures have odd sizes, written where a test wants it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const kinds = [
  { domain: 'science', topic: 'natural-science', category: 'magnets' },
  { domain: 'science', topic: 'language-science', category: 'signs' },
  { domain: 'commonsense', topic: 'physical-commonsense', category: 'weights' },
  { domain: 'mathematics', topic: 'geometry', category: 'angles' },
] as const;

/** Writes `count` questions of the test split below `folder`; each kind gets every fourth. */
export async function writeShapesDataset(folder: string, count: number): Promise<void> {
  await mkdir(join(folder, 'data', 'images'), { recursive: true });
  const rows = Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? kinds[0];
    return {
      id: `${kind.topic}-${String(index)}`,
      ...kind,
      image_id: String(index),
      question: `Which shape is number ${String(index)}?`,
      choices: ['circle', 'square', 'triangle'].slice(0, 2 + (index % 2)),
      context: index % 3 === 0 ? 'All shapes are flat.' : '',
      answer: index % 2 === 0 ? 'A' : 'B',
      rationale: 'It has no corners. So it is a circle.',
      split: 'test',
      image: `images\\${kind.topic}-${String(index)}.png`,
    };
  });
  for (const [index, { id }] of rows.entries()) {
    const width = 60 + 13 * (index % 7);
    const height = 90 - 11 * (index % 5);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}">
      <rect width="100%" height="100%" fill="#dde6ea"/><circle cx="${String(15 + (index % 40))}" cy="30" r="18" fill="#b5472f"/></svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(join(folder, 'data', 'images', `${id}.png`));
  }
  await writeFile(join(folder, 'data', 'test.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
