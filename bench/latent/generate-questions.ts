/**
 * Multiple-choice questions about generated pictures, for timing: the texts are words without sense, as many as a
 * prompt of the wanted length holds. Same seed, same questions.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import type { QuestionText } from '../../src/main/vlm/question-text.ts';
import { imageSlotCount, promptFormat, promptPositions } from './settings.ts';

export type GeneratedQuestion = EngineQuestion & Readonly<{ imagePath: string }>;

const words = [
  'which',
  'of',
  'the',
  'shapes',
  'is',
  'larger',
  'than',
  'both',
  'circles',
  'left',
  'under',
  'red',
  'when',
];
const choices = ['the red circle', 'a blue square', 'two green triangles', 'none of these'];

/** Makes `count` questions; their pictures go into `folder`. */
export async function generateQuestions(
  model: LanguageModel,
  { count, folder }: Readonly<{ count: number; folder: string }>,
): Promise<GeneratedQuestion[]> {
  await mkdir(folder, { recursive: true });
  const questions: GeneratedQuestion[] = [];
  for (let index = 0; index < count; index++) {
    const random = generator(index + 1);
    const image = await drawPicture(random);
    const imagePath = join(folder, `${index}.png`);
    await writeFile(imagePath, image);
    questions.push({ sampleId: `generated-${index}`, ...fillPrompt(model, random), images: [image], imagePath });
  }
  return questions;
}

/** Adds words while the prompt is not longer than wanted. */
function fillPrompt({ backbone }: LanguageModel, random: () => number): QuestionText {
  const chosen: string[] = [];
  const textOf = (): QuestionText => ({ question: `${chosen.join(' ')}?`, choices, context: '' });
  const positions = (): number => backbone.questionPrompt(textOf(), promptFormat, [imageSlotCount]).tokenIds.length;
  while (positions() <= promptPositions) chosen.push(pick(words, random));
  chosen.pop();
  if (chosen.length === 0) throw new Error(`no question fits a prompt of ${promptPositions} positions`);
  return textOf();
}

/** Coloured rectangles on a gradient, PNG. */
async function drawPicture(random: () => number): Promise<Buffer> {
  const width = 320 + Math.floor(random() * 320);
  const height = 240 + Math.floor(random() * 320);
  const data = new Uint8Array(width * height * 3);
  const rectangles = Array.from({ length: 12 }, () => ({
    left: random() * width,
    top: random() * height,
    width: 20 + random() * 160,
    height: 20 + random() * 160,
    colour: [random() * 256, random() * 256, random() * 256],
  }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const over = rectangles.findLast(
        ({ left, top, width: w, height: h }) => x >= left && x < left + w && y >= top && y < top + h,
      );
      data.set(over?.colour ?? [(x * 255) / width, (y * 255) / height, 128], (y * width + x) * 3);
    }
  }
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

const pick = <T>(items: readonly T[], random: () => number): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

/** Numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let counter = seed;
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    let draw = Math.imul(counter ^ (counter >>> 15), counter | 1);
    draw ^= draw + Math.imul(draw ^ (draw >>> 7), draw | 61);
    return ((draw ^ (draw >>> 14)) >>> 0) / 2 ** 32;
  };
}
