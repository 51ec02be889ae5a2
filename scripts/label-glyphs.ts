/**
 * `node scripts/label-glyphs.ts`: writes `src/main/vlm/image/label-glyphs.ts`, the outlines of the nine characters
 * of a dot's label, from the font Arimo (metrics of Arial, which SCAFFOLD's original draws with). Run it when the font's
 * package changes. Outlines in the program draw the same label on every machine; a font by name would be another one,
 * or none, where it is not installed (docs/decisions/0020-labels-from-outlines.md).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const glyphsFile = join(root, 'src', 'main', 'vlm', 'image', 'label-glyphs.ts');
const characters = '(),123456';

/** The part of opentype.js that is used; the package has no types of its own. */
type OpenType = Readonly<{
  parse: (font: ArrayBuffer) => Readonly<{
    unitsPerEm: number;
    ascender: number;
    descender: number;
    charToGlyph: (character: string) => Readonly<{
      advanceWidth: number;
      path: Readonly<{ toPathData: (decimalPlaces: number) => string }>;
    }>;
  }>;
}>;

/** The file's text: what the font's package holds, formatted as the rest of the source. */
export async function labelGlyphsSource(): Promise<string> {
  const load = createRequire(import.meta.url);
  const { parse } = load('opentype.js') as OpenType;
  const bytes = await readFile(load.resolve('@fontsource/arimo/files/arimo-latin-400-normal.woff'));
  const font = parse(Uint8Array.from(bytes).buffer);
  const glyphs = Array.from(characters, (character) => {
    const { advanceWidth, path } = font.charToGlyph(character);
    return `['${character}', { advance: ${advanceWidth}, outline: '${path.toPathData(0)}' }],`;
  });
  const source = `/**
 * Outlines of Arimo Regular (SIL Open Font License 1.1, resources/licences/arimo.txt), in font units with y upwards.
 * Written by scripts/label-glyphs.ts; not to be edited.
 */
export type LabelGlyph = Readonly<{ advance: number; outline: string }>;

export const unitsPerEm = ${font.unitsPerEm};
/** From the baseline to the top of the line. */
export const ascender = ${font.ascender};
/** From the baseline to the bottom of the line: negative. */
export const descender = ${font.descender};

export const labelGlyphs: ReadonlyMap<string, LabelGlyph> = new Map([${glyphs.join('\n')}]);
`;
  return await format(source, { ...(await resolveConfig(glyphsFile)), filepath: glyphsFile });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(glyphsFile, await labelGlyphsSource());
  process.stdout.write('src/main/vlm/image/label-glyphs.ts\n');
}
