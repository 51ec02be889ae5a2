/** A call of a method that asks in words as the page says it. Pure. */
import type { ModelCall } from '../../../../shared/trace.ts';
import { count, counted, milliseconds } from '../../components/numbers.ts';

/** How a call ended. */
export const finishWords: Readonly<Record<ModelCall['finishReason'], string>> = {
  end: 'ended by itself',
  length: 'cut off at the token limit',
  stop: 'stopped where the method stops it',
};

/** `312 prompt tokens, 280 of them read before · 45 tokens written · 120 ms + 800 ms` */
export function describeCall(call: ModelCall): string {
  const { promptTokenCount, cachedTokenCount, outputTokenCount, prefillMs, decodeMs, imageCount } = call;
  const cached = cachedTokenCount === 0 ? '' : ` (${count(cachedTokenCount)} from the cache)`;
  return [
    ...(imageCount === 0 ? [] : [counted(imageCount, 'picture')]),
    `prompt ${counted(promptTokenCount, 'token')}${cached}`,
    `output ${counted(outputTokenCount, 'token')}`,
    `reading ${milliseconds(prefillMs)}, writing ${milliseconds(decodeMs)}`,
  ].join(' · ');
}

/** `Call 2 · answer` */
export const callTitle = ({ callIndex, purpose }: Pick<ModelCall, 'callIndex' | 'purpose'>): string =>
  `Call ${String(callIndex + 1)} · ${purpose}`;
