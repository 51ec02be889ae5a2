/** Colours with a meaning, from Okabe and Ito's palette: told apart with every kind of colour vision. */
import type { QuestionRow } from '../../../shared/contract/questions.ts';

const steps = ['#e69f00', '#56b4e9', '#00b383', '#cc79a7', '#f0e442', '#0072b2', '#d55e00', '#999999'] as const;

/** Colour of a latent step (0-based); more steps than colours start over. */
export function stepColour(stepIndex: number): string {
  return steps[stepIndex % steps.length] ?? steps[0];
}

/** The four shares of a query row's attention, in the order in which they are drawn. */
export const massColours = {
  visionMass: '#0072b2',
  latentVisionMass: '#56b4e9',
  textMass: '#e69f00',
  latentTextMass: '#cc79a7',
} as const;

/** Mantine colour names of the outcomes. */
export const outcomeColours: Readonly<Record<QuestionRow['outcome'], string>> = {
  right: 'teal',
  wrong: 'orange',
  unparsed: 'gray',
  failed: 'red',
};
