/**
 * Columns of questions.csv: every field, the raw output, what each scorer reads, times, tags, note, masses and focus, and
 * how a method in words went about it.
 */
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import { choiceLetter } from '../../shared/sample.ts';
import type { LatentStep } from '../../shared/trace.ts';
import type { Cell } from './csv.ts';
import type { ExportQuestion } from './export-question.ts';

const letterOf = (index: number | null): string | null => (index === null ? null : choiceLetter(index));
const columnName = (text: string): string => text.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase();

const sampleColumns = [
  'sample_id',
  'position',
  'split',
  'domain',
  'topic',
  'category',
  'question',
  'choices',
  'context',
  'rationale',
  'gold',
] as const;

const answerColumns = [
  'scorer',
  'predicted',
  'outcome',
  'output_text',
  'output_token_count',
  'finish_reason',
  'ar_steps',
  'latent_steps',
  'stopped_early',
  'preprocess_ms',
  'vision_ms',
  'prefill_ms',
  'latent_ms',
  'decode_ms',
  'total_ms',
  'failure_kind',
  'failure_message',
  'tags',
  'note',
  'excluded',
  'calls',
  'insertions',
  'regions',
  'remarks',
] as const;

const stepMeasures = ['vision_mass', 'text_mass', 'latent_vision_mass', 'latent_text_mass', 'vision_focus'] as const;

const noMeasures = stepMeasures.map(() => null);

const measuresOf = (step: LatentStep): number[] => [
  step.visionMass,
  step.textMass,
  step.latentVisionMass,
  step.latentTextMass,
  step.visionFocus,
];

/** Header; `stepCount` latent steps or insertions (0-based in the names, as everywhere) get columns. */
export function questionHeader(stepCount: number): string[] {
  const steps = Array.from({ length: stepCount }, (_, step) => stepMeasures.map((name) => `step_${step}_${name}`));
  const scorers = scorerNames.map((name) => [`${columnName(name)}_answer`, `${columnName(name)}_correct`]);
  return [...sampleColumns, ...answerColumns, ...scorers.flat(), ...steps.flat()];
}

/** Cells of one question under that header; `scorer` is the one whose reading counts as the prediction. */
export function questionCells(question: ExportQuestion, scorer: ScorerName, stepCount: number): Cell[] {
  const { sample, position } = question;
  return [
    sample.sampleId,
    position,
    sample.split,
    sample.domain,
    sample.topic,
    sample.category,
    sample.question,
    JSON.stringify(sample.choices),
    sample.context,
    sample.rationale,
    letterOf(sample.answerIndex),
    ...answerCells(question, scorer),
    ...scorerNames.flatMap((name) => readingCells(question.readings.find((reading) => reading.scorer === name))),
    ...stepCells(question, stepCount),
  ];
}

function answerCells({ prediction, outcome, readings, tags, note }: ExportQuestion, scorer: ScorerName): Cell[] {
  const answer = prediction.status === 'answered' ? prediction.answer : null;
  const failure = prediction.status === 'failed' ? prediction.failure : null;
  const timings = answer?.timings ?? null;
  const trace = answer?.trace ?? null;
  // What a method in words keeps as steps are the places where it inserted patches.
  const inWords = trace !== null && trace.calls.length > 0;
  return [
    scorer,
    letterOf(readings.find((reading) => reading.scorer === scorer)?.choiceIndex ?? null),
    outcome,
    answer?.outputText ?? null,
    answer?.outputTokenCount ?? null,
    answer?.finishReason ?? null,
    answer?.arSteps ?? null,
    trace === null ? null : inWords ? 0 : trace.steps.length,
    trace?.stoppedEarly ?? null,
    timings?.preprocessMs ?? null,
    timings?.visionMs ?? null,
    timings?.prefillMs ?? null,
    timings?.latentMs ?? null,
    timings?.decodeMs ?? null,
    timings?.totalMs ?? null,
    failure?.kind ?? null,
    failure?.message ?? null,
    tags.join('; '),
    note,
    tags.includes(exclusionTag),
    trace?.calls.length ?? null,
    trace === null ? null : inWords ? trace.steps.length : 0,
    trace?.regions.length ?? null,
    trace === null ? null : trace.remarks.map(({ kind }) => kind).join(';'),
  ];
}

function readingCells(reading: Reading | undefined): Cell[] {
  return reading === undefined ? [null, null] : [letterOf(reading.choiceIndex), reading.correct];
}

function stepCells({ prediction }: ExportQuestion, stepCount: number): Cell[] {
  const steps = prediction.status === 'answered' ? (prediction.answer.trace?.steps ?? []) : [];
  const cells: Cell[] = [];
  for (let index = 0; index < stepCount; index += 1) {
    const step = steps[index];
    cells.push(...(step === undefined ? noMeasures : measuresOf(step)));
  }
  return cells;
}
