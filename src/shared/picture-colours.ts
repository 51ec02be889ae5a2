/**
 * What is drawn over pictures, the same on the pages and in exported ones. Colours of latent steps: vivid, for lines over photographs, while
 * the masses of the charts are muted: no colour means a step here and a mass there. Every pair stays apart with every
 * kind of colour vision (test/renderer/palette.test.ts), and pages write the step's number beside its colour.
 */

export const stepColours = [
  '#ffa826',
  '#26beff',
  '#ff0066',
  '#d4ff26',
  '#4363e0',
  '#4dffb8',
  '#3997bf',
  '#bf8600',
] as const;

/** Colour of a latent step (0-based); more steps than colours start over. */
export function stepColour(stepIndex: number): string {
  return stepColours[stepIndex % stepColours.length] ?? stepColours[0];
}

/** Over what was cut off before the model was fed. */
export const cutShade = { fill: '#000000', fillOpacity: 0.6 } as const;
