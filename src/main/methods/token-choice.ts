/**
 * How a run's settings choose tokens: greedy by default, or drawn with temperature and nucleus, after the penalty on
 * repeated tokens; and when a stop string ends the text. The numbers drawn depend on seed, question, call and token alone,
 * so neither on batches nor on other questions.
 */
import type { RunSettings } from '../../shared/run-settings.ts';
import type { RowGeneration } from '../engine/generate.ts';
import { chooseToken } from '../engine/sampling.ts';
import { stopStringMatcher } from '../engine/stop-strings.ts';
import { uniformAt } from '../engine/uniform-stream.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';

type SamplingSettings = Pick<RunSettings, 'temperature' | 'topP' | 'repetitionPenalty' | 'seed'>;

export function tokenChoice(
  settings: SamplingSettings,
  {
    sampleId,
    callIndex,
    promptTokenIds,
    tokenizer,
    stopStrings,
  }: Readonly<{
    sampleId: string;
    callIndex: number;
    promptTokenIds: readonly number[];
    tokenizer: Tokenizer;
    stopStrings: readonly string[];
  }>,
): Pick<RowGeneration, 'choose' | 'isStopped'> {
  return {
    ...stopping(tokenizer, stopStrings),
    ...(settings.temperature === 0 && settings.repetitionPenalty === 1
      ? {}
      : { choose: choosing(settings, { sampleId, callIndex, promptTokenIds }) }),
  };
}

function stopping(tokenizer: Tokenizer, stopStrings: readonly string[]): Pick<RowGeneration, 'isStopped'> {
  if (stopStrings.length === 0) return {};
  const match = stopStringMatcher(tokenizer, stopStrings);
  return { isStopped: (generated) => match(generated) !== null };
}

function choosing(
  settings: SamplingSettings,
  {
    sampleId,
    callIndex,
    promptTokenIds,
  }: Readonly<{ sampleId: string; callIndex: number; promptTokenIds: readonly number[] }>,
): NonNullable<RowGeneration['choose']> {
  const seen = new Set(promptTokenIds);
  return (logits, generated) => {
    const last = generated.at(-1);
    if (last !== undefined) seen.add(last);
    return chooseToken(logits, seen, settings, () => uniformAt(settings.seed, sampleId, callIndex, generated.length));
  };
}
