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

/** What the places are: latent steps, or the places where a method in words (ICoT) inserted patches. */
export type StepNoun = 'latent step' | 'insertion';

export const stepNoun = ({ explicit }: RunAttention): StepNoun =>
  explicit.all.length > 0 ? 'insertion' : 'latent step';

/** At the head of an axis or a sentence. */
export const capitalNoun = (noun: StepNoun): string => (noun === 'insertion' ? 'Insertion' : 'Latent step');

const massLabels = {
  'latent step': {
    visionMass: 'Vision (image)',
    latentVisionMass: 'Latent vision (inserted patches)',
    textMass: 'Text',
    latentTextMass: 'Latent text',
  },
  insertion: {
    visionMass: 'Vision (image)',
    latentVisionMass: 'Inserted patches',
    textMass: 'Text',
    latentTextMass: null,
  },
} as const;

/** The masses by step; they add up to 1. Where patches are inserted into text there is no latent text. */
export function massSeries(steps: readonly RunStepAttention[], noun: StepNoun): ChartSeries[] {
  const labels = massLabels[noun];
  const names = (['visionMass', 'latentVisionMass', 'textMass', 'latentTextMass'] as const).flatMap((name) => {
    const label = labels[name];
    return label === null ? [] : [{ name, label }];
  });
  return names.map(({ name, label }) => ({
    label,
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
export function countNote(attention: RunAttention): string {
  const { all, right, wrong, scorer } = attention;
  const short = stepNoun(attention) === 'insertion' ? 'insertion' : 'step';
  const [of, ofRight, ofWrong] = [all, right, wrong].map(([first]) => first?.questionCount ?? 0);
  return `n = ${String(of)} at ${short} 1 (${String(ofRight)} right, ${String(ofWrong)} wrong or unparsed); scorer ${scorer}; means over questions that reached the ${short}`;
}
