/**
 * Chain-of-Focus (arXiv 2505.15436): the model may ask to see a part of the picture larger, up to five times, and then
 * answers. The original trains Qwen2.5-VL for it; here it is zero-shot unless the model was trained so. A call that cannot
 * be carried out is answered with the reason, and recorded as what it is.
 */
import type { Region, Remark } from '../../shared/trace.ts';
import { conversation } from './conversation.ts';
import { readAnswerTag } from './answer-tag.ts';
import type { ReasoningMethod } from './method.ts';
import { chainOfFocusPrompt, chainOfFocusReplyFormat, chainOfFocusSystemPrompt } from './prompts/chain-of-focus.ts';
import { assistantTurn, systemTurn, userTurn, type Asked, type ChatMessage, type Reply } from './reasoning.ts';
import { cropForZoom, placeZoomBox, type ZoomRegion } from './zoom-box.ts';
import { readZoomCall, type WrittenBox, type ZoomCall } from './zoom-call.ts';

/** Generations, the answer among them. */
export const callLimit = 6;

export const chainOfFocus: ReasoningMethod = {
  name: 'chain-of-focus',
  title: 'Chain-of-Focus',
  summary: 'The model may ask to see parts of the picture larger before it answers.',
  isLatent: false,
  // Its tool and its boxes, in pixels of a picture that was not cut, are Qwen2-VL's.
  architectures: ['qwen2-vl'],
  ...conversation(async function* (asked) {
    const messages: ChatMessage[] = [
      systemTurn(chainOfFocusSystemPrompt),
      userTurn(asked.images, chainOfFocusPrompt(asked.question)),
    ];
    const regions: Region[] = [];
    const remarks: Remark[] = [];
    for (;;) {
      const reply = yield { purpose: 'look or answer', messages: [...messages] };
      const call = readZoomCall(reply.text);
      if (call.kind === 'none') {
        return { outputText: reply.text, regions, remarks: [...remarks, ...remarksOnAnswer(reply)] };
      }
      const seen = await look(asked, call, reply.callIndex);
      if (seen.remark !== undefined) remarks.push(seen.remark);
      if (seen.region !== undefined) regions.push(seen.region);
      if (reply.callIndex === callLimit - 1) {
        const found = `still no answer after ${String(callLimit)} calls`;
        return { outputText: reply.text, regions, remarks: [...remarks, remark('call-limit', reply, found)] };
      }
      messages.push(assistantTurn(reply.text), seen.turn);
    }
  }),
};

type Look = Readonly<{ turn: ChatMessage; region?: Region; remark?: Remark }>;

/** The turn that follows a call: the crop, or why there is none. */
async function look(asked: Asked, call: Exclude<ZoomCall, { kind: 'none' }>, callIndex: number): Promise<Look> {
  if (call.kind !== 'call') return refused(callIndex, ...reasonOf(call));
  const imageIndex = asked.images.length - 1;
  const image = asked.images[imageIndex];
  if (image === undefined) return refused(callIndex, 'unknown-tool', 'there is no picture to look at');
  const { resizedWidth, resizedHeight, sourceWidth, sourceHeight } = image.geometry;
  const seen = { width: resizedWidth, height: resizedHeight };
  const source = { width: sourceWidth, height: sourceHeight };
  const placed = placeZoomBox(call.box, seen, source);
  const written = `[${call.box.join(', ')}] in a picture of ${String(seen.width)} x ${String(seen.height)}`;
  switch (placed.kind) {
    case 'outside':
      return refused(callIndex, 'box-outside-image', `the box ${written} lies outside`);
    case 'swapped-corners':
      return refused(callIndex, 'empty-box', `the corners of the box ${written} are swapped`);
    case 'empty':
      return refused(callIndex, 'empty-box', `the box ${written} is empty`);
    case 'too-narrow':
      return refused(callIndex, 'empty-box', `the box ${written} is too narrow to be shown`);
    case 'inside':
    case 'partly-outside': {
      const crop = cropForZoom(await asked.pixels(imageIndex), placed.region, asked.pictureLimits);
      const shown = asked.preprocess(crop, `crop ${String(callIndex + 1)} of question ${asked.question.sampleId}`);
      return {
        turn: userTurn([shown], chainOfFocusReplyFormat),
        region: regionOf(call.box, placed.region, { callIndex, imageIndex, seen, source }),
        ...(placed.kind === 'inside'
          ? {}
          : { remark: { kind: 'box-outside-image', callIndex, found: `a part of the box ${written} lies outside` } }),
      };
    }
  }
}

function refused(callIndex: number, kind: Remark['kind'], found: string): Look {
  const reason = `The call could not be carried out: ${found}. ${chainOfFocusReplyFormat}`;
  return { turn: userTurn([], reason), remark: { kind, callIndex, found } };
}

function reasonOf(call: Exclude<ZoomCall, { kind: 'none' | 'call' }>): [kind: Remark['kind'], found: string] {
  switch (call.kind) {
    case 'unclosed':
      return ['malformed-tool-call', 'the call is not closed'];
    case 'malformed-json':
      return ['malformed-tool-call', `the call is not JSON: ${call.content}`];
    case 'malformed-call':
      return ['malformed-tool-call', `the call has no name and arguments: ${call.content}`];
    case 'malformed-box':
      return ['malformed-tool-call', `bbox_2d is not four numbers: ${call.content}`];
    case 'other-tool':
      return ['unknown-tool', `there is no tool ${call.name}`];
  }
}

type Places = Readonly<{
  callIndex: number;
  imageIndex: number;
  seen: Readonly<{ width: number; height: number }>;
  source: Readonly<{ width: number; height: number }>;
}>;

/** What was asked for and what was shown, both in pixels of the original picture. */
function regionOf([x1, y1, x2, y2]: WrittenBox, region: ZoomRegion, { seen, source, ...call }: Places): Region {
  const scaleX = source.width / seen.width;
  const scaleY = source.height / seen.height;
  return {
    ...call,
    asked: { x: x1 * scaleX, y: y1 * scaleY, width: (x2 - x1) * scaleX, height: (y2 - y1) * scaleY },
    shown: { x: region.left, y: region.top, width: region.width, height: region.height },
  };
}

function remarksOnAnswer(reply: Reply): Remark[] {
  const tagged = readAnswerTag(reply.text);
  if (tagged.kind === 'answer') return [];
  const found = tagged.kind === 'none' ? 'no <answer>' : '<answer> is not closed';
  return [remark('no-answer', reply, found)];
}

const remark = (kind: Remark['kind'], { callIndex }: Reply, found: string): Remark => ({ kind, callIndex, found });
