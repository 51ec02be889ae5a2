/** Colour and dash of a compared run's line: its own in every chart of the page. */
import { seriesColour } from '../../app/palette.ts';

/** Runs may lie on one another; gaps in the upper line show the lower. */
const dashes = ['10 4', '3 3', '12 3 3 3'] as const;

/** @param index the run's place among the compared ones */
export function runLine(index: number): Readonly<{ colour: string; dash?: string }> {
  const dash = index <= 0 ? undefined : dashes[(index - 1) % dashes.length];
  return { colour: seriesColour(Math.max(0, index)), ...(dash === undefined ? {} : { dash }) };
}
