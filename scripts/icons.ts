/**
 * `node scripts/icons.ts`: the application's icons in `resources/icons/`, drawn from the page's own
 * `src/renderer/src/icon.svg`. Run it when that changes; electron-builder makes .ico and .icns of them.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const drawing = join(root, 'src', 'renderer', 'src', 'icon.svg');
const folder = join(root, 'resources', 'icons');
/** Pixels of the drawing at 72 dots an inch. */
const drawnSize = 32;
/** Those that Linux desktops and electron-builder look for. */
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024];

await mkdir(folder, { recursive: true });
for (const size of sizes) {
  await sharp(drawing, { density: (72 * size) / drawnSize })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: size > 64, quality: 100, effort: 10 })
    .toFile(join(folder, `${String(size)}x${String(size)}.png`));
}
process.stdout.write(`resources/icons: ${sizes.join(', ')} pixels\n`);
