/**
 * A dataset whose pictures have one cell of the model's 8 x 8 grid painted red, in the upright picture: where a
 * person sees the red is where the slot's box has to be drawn. Shapes from very wide to very tall, and pictures that
 * their EXIF data turns or mirrors.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

export const gridSize = 8;
/** Third row, sixth column: no turn or mirroring leads it to itself. */
export const markedSlot = 2 * gridSize + 5;

/** `stored`: what has to be done to the upright picture so that the EXIF orientation undoes it. */
type Shape = Readonly<{ name: string; width: number; height: number; orientation: number }>;

export const shapes: readonly Shape[] = [
  { name: 'wide', width: 1600, height: 120, orientation: 1 },
  { name: 'tall', width: 96, height: 1200, orientation: 1 },
  { name: 'square', width: 224, height: 224, orientation: 1 },
  { name: 'odd', width: 333, height: 217, orientation: 1 },
  { name: 'small', width: 40, height: 24, orientation: 1 },
  { name: 'mirrored', width: 320, height: 200, orientation: 2 },
  { name: 'half-turned', width: 320, height: 200, orientation: 3 },
  { name: 'turned-right', width: 240, height: 480, orientation: 6 },
  { name: 'turned-left', width: 480, height: 160, orientation: 8 },
  { name: 'transposed', width: 200, height: 360, orientation: 5 },
];

export async function writeMarkedPictures(folder: string): Promise<void> {
  await mkdir(join(folder, 'data', 'images'), { recursive: true });
  for (const shape of shapes) {
    const bytes = await storedPicture(shape);
    await writeFile(join(folder, 'data', 'images', `${shape.name}.jpg`), bytes);
  }
  const rows = shapes.map(({ name }) => ({
    id: name,
    domain: 'science',
    topic: 'shapes',
    category: 'marks',
    image_id: name,
    question: 'Where is the red cell?',
    choices: ['left', 'right'],
    context: '',
    answer: 'A',
    rationale: 'It is there.',
    split: 'test',
    image: `images/${name}.jpg`,
  }));
  await writeFile(join(folder, 'data', 'test.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** The upright picture, stored as a camera held another way would. */
async function storedPicture({ width, height, orientation }: Shape): Promise<Buffer> {
  const [row, column] = [Math.floor(markedSlot / gridSize), markedSlot % gridSize];
  const cell = { width: width / gridSize, height: height / gridSize };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" shape-rendering="crispEdges">
    <rect width="100%" height="100%" fill="#cfd8dc"/>
    <rect x="${String(column * cell.width)}" y="${String(row * cell.height)}" width="${String(cell.width)}" height="${String(cell.height)}" fill="#f00"/></svg>`;
  const upright = await sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
  return (await undo(upright, orientation))
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation })
    .toBuffer();
}

/** The inverse of what a viewer does for an EXIF orientation (EXIF 2.32, tag 274). */
async function undo(upright: Buffer, orientation: number): Promise<Sharp> {
  const step = async (change: (image: Sharp) => Sharp, bytes: Buffer): Promise<Buffer> =>
    change(sharp(bytes)).png().toBuffer();
  // sharp mirrors before or after it turns depending on the call; single steps leave no doubt.
  if (orientation === 2) return sharp(await step((image) => image.flop(), upright));
  if (orientation === 3) return sharp(await step((image) => image.rotate(180), upright));
  if (orientation === 6) return sharp(await step((image) => image.rotate(270), upright));
  if (orientation === 8) return sharp(await step((image) => image.rotate(90), upright));
  if (orientation === 5)
    return sharp(await step((image) => image.flop(), await step((image) => image.rotate(90), upright)));
  return sharp(upright);
}
