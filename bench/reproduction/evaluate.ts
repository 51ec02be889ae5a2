/** What the reproduction's tables say of the demo's questions answered with one setting. */
import { mean } from '../../src/main/analysis/summary.ts';
import { attentionMassesSchema } from '../../src/shared/trace.ts';
import { choiceRead, type Answered } from '../../test/support/demo-answers.ts';
import { quantile } from '../quantile.ts';

/** Accuracy in all and by domain, mean AR steps, outputs in which no option was read. */
export function accuracyOf(answered: Answered) {
  const read = answered.map(({ question, answer }) => {
    const choice = choiceRead(question, answer.outputText);
    return { domain: question.domain, choice, isCorrect: choice === question.answerIndex };
  });
  const share = (rows: typeof read) => rows.filter(({ isCorrect }) => isCorrect).length / rows.length;
  const domains = [...new Set(read.map(({ domain }) => domain))].toSorted();
  return {
    questions: read.length,
    accuracy: share(read),
    byDomain: Object.fromEntries(domains.map((domain) => [domain, share(read.filter((row) => row.domain === domain))])),
    unparsed: read.filter(({ choice }) => choice === null).length,
    arSteps: mean(answered.map(({ answer }) => answer.arSteps ?? 0)),
  };
}

/** Milliseconds a question, decoding and preprocessing of its picture not among them. */
export function timesOf(answered: Answered) {
  const times = answered.map(({ answer }) => answer.timings?.totalMs ?? 0);
  return { meanMs: mean(times), medianMs: quantile(times, 0.5), p90Ms: quantile(times, 0.9) };
}

/** Means over the questions: where each latent step's attention goes, and how focused it is on the image. */
export function attentionBySteps(answered: Answered) {
  const traces = answered.map(({ answer }) => answer.trace?.steps ?? []);
  const names = [...attentionMassesSchema.keyof().options, 'visionFocus'] as const;
  return Array.from({ length: Math.max(...traces.map((steps) => steps.length)) }, (_, index) => {
    const steps = traces.flatMap((trace) => trace[index] ?? []);
    return Object.fromEntries(names.map((name) => [name, mean(steps.map((step) => step[name]))]));
  });
}

/** Slots by latent step, by question. */
export function selectedSlots(answered: Answered): ReadonlyMap<string, readonly (readonly number[])[]> {
  return new Map(
    answered.map(({ question, answer }) => [
      question.sampleId,
      (answer.trace?.steps ?? []).map((step) => step.selectedSlots),
    ]),
  );
}
