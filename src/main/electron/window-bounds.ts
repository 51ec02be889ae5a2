/** Where the window was, and where it can be: remembered bounds are checked against the screens there are now. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  maximised: z.boolean().default(false),
});
export type WindowBounds = z.infer<typeof boundsSchema>;

export type Area = Readonly<{ x: number; y: number; width: number; height: number }>;

export const smallest = { width: 800, height: 560 };
const usual = { width: 1440, height: 900 };
/** So much of the title bar must be on a screen for the window to be moved. */
const grip = 100;

/** Bounds on one of the screens' work areas (the first is the main one), as remembered where that is possible. */
export function fitBounds(remembered: WindowBounds | null, areas: readonly [Area, ...Area[]]): WindowBounds {
  const [main] = areas;
  const home = remembered === null ? undefined : areas.find((area) => isReachable(remembered, area));
  const area = home ?? main;
  const width = Math.min(Math.max(remembered?.width ?? usual.width, smallest.width), area.width);
  const height = Math.min(Math.max(remembered?.height ?? usual.height, smallest.height), area.height);
  const maximised = remembered?.maximised ?? false;
  if (remembered === null || home === undefined) {
    const [x, y] = [main.x + (main.width - width) / 2, main.y + (main.height - height) / 2];
    return { x: Math.round(x), y: Math.round(y), width, height, maximised };
  }
  return { x: remembered.x, y: remembered.y, width, height, maximised };
}

function isReachable({ x, y, width }: WindowBounds, area: Area): boolean {
  const shown = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return shown >= grip && y >= area.y && y <= area.y + area.height - grip;
}

/** What was remembered; null where nothing was, or nothing that makes sense. */
export async function readBounds(file: string): Promise<WindowBounds | null> {
  try {
    return boundsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Written aside and renamed, so that a crash leaves the old ones. */
export async function writeBounds(file: string, bounds: WindowBounds): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(bounds));
  await rename(`${file}.new`, file);
}
