/** Colours of latent steps, from Okabe and Ito's palette: the same on the pages and in exported pictures. */

const steps = ['#e69f00', '#56b4e9', '#00b383', '#cc79a7', '#f0e442', '#0072b2', '#d55e00', '#999999'] as const;

/** Colour of a latent step (0-based); more steps than colours start over. */
export function stepColour(stepIndex: number): string {
  return steps[stepIndex % steps.length] ?? steps[0];
}
