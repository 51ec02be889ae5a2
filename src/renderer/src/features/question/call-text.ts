/** A call of a method that asks in words, and what there was to remark on it, as the page says them. Pure. */
import type { ModelCall, Remark } from '../../../../shared/trace.ts';
import { count, counted, milliseconds } from '../../components/numbers.ts';

/** How a call ended. */
export const finishWords: Readonly<Record<ModelCall['finishReason'], string>> = {
  end: 'ended by itself',
  length: 'cut off at the token limit',
  stop: 'stopped where the method stops it',
};

export const remarkTitles: Readonly<Record<Remark['kind'], string>> = {
  'token-limit': 'Cut off at the token limit',
  'no-answer': 'No answer in the form that was asked for',
  'malformed-json': 'The scene graph is no JSON',
  'malformed-tool-call': 'A tool call that cannot be read',
  'unknown-tool': 'A tool that does not exist',
  'box-outside-image': 'A box that is not inside the picture',
  'empty-box': 'A box that holds nothing',
  'image-too-small': 'The picture is too small for the dots',
  'call-limit': 'No answer in as many calls as there may be',
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
