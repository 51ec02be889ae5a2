/** The order of a list of questions. */
import { z } from 'zod';

export const questionOrders = [
  'position',
  'sample',
  'category',
  'outcome',
  'predicted',
  'gold',
  'time',
  'ar-steps',
  'vision-mass',
  'text-mass',
  'latent-vision-mass',
  'latent-text-mass',
  'focus',
] as const;
export type QuestionOrder = (typeof questionOrders)[number];

export const questionSortSchema = z.object({
  by: z.enum(questionOrders).default('position'),
  /** Latent step (0-based) of the attention figures; the last step of each question where it is missing. */
  stepIndex: z.int().min(0).optional(),
  descending: z.boolean().default(false),
});
export type QuestionSort = z.infer<typeof questionSortSchema>;

/** Orders that read a latent step. */
export const stepOrders: readonly QuestionOrder[] = [
  'vision-mass',
  'text-mass',
  'latent-vision-mass',
  'latent-text-mass',
  'focus',
];
