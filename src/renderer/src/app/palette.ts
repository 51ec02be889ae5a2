/**
 * Colours with a meaning. Most are from Okabe and Ito's palette: told apart with every kind of colour vision. Steps
 * and masses, which are seen together, have palettes of their own (test/renderer/palette.test.ts).
 */
import type { QuestionRow } from '../../../shared/contract/questions.ts';

export { stepColour } from '../../../shared/picture-colours.ts';

/** The four shares of a query row's attention, in the order in which they are drawn: slate for pictures, brown for
 * text, the lighter one for what the latent steps appended. */
export const massColours = {
  visionMass: '#3f6c8c',
  latentVisionMass: '#9cbad0',
  textMass: '#8c6744',
  latentTextMass: '#d3b48c',
} as const;

/** Mantine colour names of the outcomes. */
export const outcomeColours: Readonly<Record<QuestionRow['outcome'], string>> = {
  right: 'teal',
  wrong: 'orange',
  unparsed: 'gray',
  failed: 'red',
};

/** Colours for series without a meaning of their own (runs, domains), in order; more series than colours start over. */
export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length] ?? seriesColours[0];
}
const seriesColours = ['#0072b2', '#d55e00', '#00966e', '#cc79a7', '#b07d00', '#56b4e9', '#777777'] as const;

/** What a chart's series are held against: chance, or what uniform choices would give. */
export const referenceColour = '#999999';

/** Phases of a question's time, in their order; the first is not part of it. */
export function phaseColour(index: number): string {
  return phaseColours[index % phaseColours.length] ?? phaseColours[0];
}
const phaseColours = [referenceColour, '#56b4e9', '#0072b2', '#e69f00', '#cc79a7'] as const;

/** Over photographs, where light and dark change: attention, slots that are left or taken, forced and banned patches. */
export const overlayColours = {
  attention: '#e6194b',
  pool: '#808080',
  used: '#101018',
  forced: '#7dffcf',
  banned: '#ff9a6b',
} as const;

/** Losses and gains of a difference: the same pair as wrong and right. */
export const differenceColours = { loss: '#d55e00', gain: '#0072b2' } as const;

/** Right against wrong in charts: the blue and the vermilion that every kind of colour vision tells apart. */
export const answerColours = { all: '#777777', right: '#0072b2', wrong: '#d55e00' } as const;

/** Viridis in eight stops: lightness rises with the value, so that it reads without colour, too. */
const viridis = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'] as const;

/** Colour of a share between 0 and 1 on the sequential scale. */
export function sequentialColour(fraction: number): string {
  const place = Math.min(1, Math.max(0, fraction)) * (viridis.length - 1);
  const [low, high] = [viridis[Math.floor(place)] ?? viridis[0], viridis[Math.ceil(place)] ?? viridis[0]];
  const channel = (colour: string, index: number): number => Number.parseInt(colour.slice(index, index + 2), 16);
  const mixed = [1, 3, 5].map((index) => {
    const from = channel(low, index);
    return Math.round(from + (channel(high, index) - from) * (place - Math.floor(place)));
  });
  return `rgb(${mixed.join(', ')})`;
}
