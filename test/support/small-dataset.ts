/** A dataset in M3CoT's original shape with tiny generated images, for tests that need questions but no model. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

export type SmallDatasetOptions = Readonly<{
  questionCount: number;
  split?: string;
  /** Questions (by number) without an image. */
  withoutImage?: readonly number[];
  /** Questions whose image file is missing although the row names it. */
  missingImage?: readonly number[];
}>;

const domains = [
  ['science', 'natural-science', 'physics'],
  ['commonsense', 'social-commonsense', 'everyday'],
  ['mathematics', 'algebra', 'equations'],
] as const;

export const sampleIdOf = (number: number): string => `question-${String(number).padStart(4, '0')}`;

/** Writes the dataset and returns its folder. The gold answer of question n is choice n mod 4. */
export function writeSmallDataset(folder: string, options: SmallDatasetOptions): string {
  const { questionCount, split = 'test', withoutImage = [], missingImage = [] } = options;
  mkdirSync(join(folder, 'data', 'images'), { recursive: true });
  const lines = Array.from({ length: questionCount }, (_, number) => {
    const id = sampleIdOf(number);
    const [domain, topic, category] = domains[number % domains.length] ?? domains[0];
    const hasImage = !withoutImage.includes(number);
    if (hasImage && !missingImage.includes(number)) {
      writeFileSync(join(folder, 'data', 'images', `${id}.png`), greyPng(number % 256));
    }
    return JSON.stringify({
      id,
      question: `What is shown in picture ${number}?`,
      choices: ['a cat', 'a dog', 'a bird', 'a fish'],
      answer: String.fromCharCode(65 + (number % 4)),
      context: number % 5 === 0 ? 'The picture was taken in spring.' : '',
      rationale: 'One can see it.',
      split,
      image: hasImage ? `images/${id}.png` : null,
      domain,
      topic,
      category,
    });
  });
  writeFileSync(join(folder, 'data', `${split}.jsonl`), `${lines.join('\n')}\n`);
  return folder;
}

/** A grey PNG of 4 x 3 pixels. */
export function greyPng(level: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(4, 0);
  header.writeUInt32BE(3, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(3 * 5, level);
  for (let row = 0; row < 3; row += 1) rows[row * 5] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
