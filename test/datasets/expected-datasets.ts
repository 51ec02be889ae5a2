/** `test/golden/datasets`: the small folders of each format, and what an independent reader found in them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import type { Sample } from '../../src/shared/sample.ts';

export const datasetsFolder = join(import.meta.dirname, '..', 'golden', 'datasets');

export type ExpectedM3cotRow = Readonly<{
  id: string;
  category: string;
  image_id: string;
  question: string;
  choices: string[];
  context: string;
  answer: string;
  rationale: string;
  domain: string;
  topic: string;
  imageSha256: string;
}>;

export type ExpectedScienceqaRow = Readonly<{
  question: string;
  choices: string[];
  answer: number;
  hint: string;
  task: string;
  grade: string;
  subject: string;
  topic: string;
  category: string;
  skill: string;
  lecture: string;
  solution: string;
  split: string;
  imageSha256: string | null;
}>;

type Expected = Readonly<{
  m3cot: Record<string, ExpectedM3cotRow[]>;
  scienceqa: Record<string, ExpectedScienceqaRow>;
  vlmevalkitImages: string[];
  genericImages: string[];
  parquetLayouts: Record<string, (string | null)[]>;
}>;

export const expected = JSON.parse(readFileSync(join(datasetsFolder, 'expected.json'), 'utf8')) as Expected;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All samples of a dataset, each with its image's hash. */
export async function readAll(
  path: string,
  filter?: { split?: string },
): Promise<{ sample: Sample; imageSha256: string | null }[]> {
  const dataset = await openDataset(path);
  try {
    const all = [];
    for await (const sample of dataset.samples(filter)) {
      const imageSha256 = sample.image === null ? null : sha256(await dataset.readImage(sample.image));
      all.push({ sample, imageSha256 });
    }
    return all;
  } finally {
    await dataset.close();
  }
}
