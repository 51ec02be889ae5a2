/** The shares of a row's attention, as a question's table and chart name them; together they are 1. */
import type { AttentionMasses } from '../../../../shared/trace.ts';

export type NamedMass = readonly [name: keyof AttentionMasses, label: string];

/** Of a latent step's query row. */
export const latentMasses: readonly NamedMass[] = [
  ['visionMass', 'image'],
  ['latentVisionMass', 'latent vision'],
  ['textMass', 'text'],
  ['latentTextMass', 'latent text'],
];

/** Of the row after which patches are inserted: what is written is text. */
export const insertionMasses: readonly NamedMass[] = [
  ['visionMass', 'image'],
  ['latentVisionMass', 'inserted patches'],
  ['textMass', 'text'],
];
