/** Figures of latent steps as series of a chart. */
import type { RunAttention, RunStepAttention } from '../../../../../shared/run-attention.ts';
import { answerColours, massColours } from '../../../app/palette.ts';
import type { ChartSeries } from '../../../components/series-chart.tsx';

export const answerGroups = ['all', 'right', 'wrong'] as const;
export type AnswerGroup = (typeof answerGroups)[number];

export const groupLabels: Readonly<Record<AnswerGroup, string>> = {
  all: 'All answers',
  right: 'Right answers',
  wrong: 'Wrong answers',
};

const massLabels = {
  visionMass: 'Vision (image)',
  latentVisionMass: 'Latent vision (inserted patches)',
  textMass: 'Text',
  latentTextMass: 'Latent text',
} as const;

/** The four masses by step; they add up to 1. */
export function massSeries(steps: readonly RunStepAttention[]): ChartSeries[] {
  return (['visionMass', 'latentVisionMass', 'textMass', 'latentTextMass'] as const).map((name) => ({
    label: massLabels[name],
    colour: massColours[name],
    values: steps.map((step) => step[name]),
  }));
}

/** Steps that any question took, counted from 1. */
export const stepNames = ({ all }: RunAttention): string[] => all.map(({ stepIndex }) => String(stepIndex + 1));

/** Whether any answer is of the group: one without is no series, and no choice. */
export const hasQuestions =
  (attention: RunAttention) =>
  (group: AnswerGroup): boolean =>
    (attention[group][0]?.questionCount ?? 0) > 0;

/**
 * A figure by step for each group of answers. A group without answers has no series, one that has no question at a
 * step no point there.
 */
export function groupSeries(
  attention: RunAttention,
  value: (step: RunStepAttention) => number | null,
  groups: readonly AnswerGroup[] = answerGroups,
): ChartSeries[] {
  return groups.filter(hasQuestions(attention)).map((group) => ({
    label: groupLabels[group],
    colour: answerColours[group],
    values: attention.all.map(({ stepIndex }) => {
      const step = attention[group].find((candidate) => candidate.stepIndex === stepIndex);
      return step === undefined ? null : value(step);
    }),
  }));
}

/** `n = 117 (80 right, 37 wrong or unparsed), scorer strict`, at the first step. */
export function countNote({ all, right, wrong, scorer }: RunAttention): string {
  const [of, ofRight, ofWrong] = [all, right, wrong].map(([first]) => first?.questionCount ?? 0);
  return `n = ${String(of)} at step 1 (${String(ofRight)} right, ${String(ofWrong)} wrong or unparsed); scorer ${scorer}; means over questions that reached the step`;
}
