/** The regions that a view draws over the picture, and their boxes in words. Pure. */
import type { PixelBox, Region } from '../../../../shared/trace.ts';

export type RegionMark = Readonly<{ index: number; region: Region }>;

/** All of them, or the chosen one; none where the answer has none of that number. */
export function regionsOfView(regions: readonly Region[], stepIndex: number | null): RegionMark[] {
  return regions
    .map((region, index) => ({ index, region }))
    .filter(({ index }) => stepIndex === null || index === stepIndex);
}

/** `x 12, y 30, 101 × 40 px`, in whole pixels of the original picture. */
export function boxText({ x, y, width, height }: PixelBox): string {
  const [left, top, across, down] = [x, y, width, height].map((value) => String(Math.round(value)));
  return `x ${left ?? ''}, y ${top ?? ''}, ${across ?? ''} × ${down ?? ''} px`;
}
