/** CSV of a run's attention analyses: a row for each latent step, over all, the right and the wrong answers. */
import type { RunAttention } from '../../shared/run-attention.ts';
import { csvText, type Cell } from './csv.ts';

const header = [
  'run_id',
  'answers',
  'step',
  'n',
  'vision_mass',
  'text_mass',
  'latent_vision_mass',
  'latent_text_mass',
  'vision_focus',
  'border_share',
  'border_share_expected',
  'overlap_with_previous',
  'scorer',
] as const;

const groups = ['all', 'right', 'wrong'] as const;

/** The whole file, header included; `step` counts from 0. Several runs come one after the other. */
export function attentionCsv(analyses: readonly RunAttention[]): string {
  const rows = analyses.flatMap((analysis) =>
    groups.flatMap((group) =>
      analysis[group].map((step): Cell[] => [
        analysis.runId,
        group,
        step.stepIndex,
        step.questionCount,
        step.visionMass,
        step.textMass,
        step.latentVisionMass,
        step.latentTextMass,
        step.visionFocus,
        step.borderShare,
        step.borderShareExpected,
        step.overlapWithPrevious,
        analysis.scorer,
      ]),
    ),
  );
  return csvText([header, ...rows]);
}
