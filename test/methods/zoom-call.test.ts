/** Whatever a model writes where a tool call is expected, each as the kind it is. */
import { describe, expect, it } from 'vitest';
import { readZoomCall } from '../../src/main/methods/zoom-call.ts';

const call = (json: string): string => `<think>Closer.</think>\n<tool_call>\n${json}\n</tool_call>`;
const withArguments = (json: string): string => call(`{"name": "image_zoom_in_tool", "arguments": ${json}}`);

describe('readZoomCall', () => {
  it('reads box and label', () => {
    expect(readZoomCall(withArguments('{"bbox_2d": [10, 20.5, 110, 220], "label": "the \\"red\\" bus"}'))).toEqual({
      kind: 'call',
      box: [10, 20.5, 110, 220],
      label: 'the "red" bus',
    });
  });

  it.each(['{"bbox_2d": [1, 2, 3, 4]}', '{"bbox_2d": [1, 2, 3, 4], "label": null}', '{"bbox_2d":[1,2,3,4],"label":7}'])(
    'needs no label: %s',
    (json) => {
      expect(readZoomCall(withArguments(json))).toEqual({ kind: 'call', box: [1, 2, 3, 4], label: null });
    },
  );

  it('takes the first of several calls, and a call before an answer', () => {
    const first = '<tool_call>{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": [1, 2, 3, 4]}}</tool_call>';
    expect(readZoomCall(`<answer>A</answer> ${first} ${first.replace('1, 2', '0, 0')}`)).toMatchObject({
      kind: 'call',
      box: [1, 2, 3, 4],
    });
  });

  it.each(['', 'The answer is B.', '<answer>B</answer>', '</tool_call>', 'tool_call {"name": "image_zoom_in_tool"}'])(
    'finds no call in %j',
    (text) => {
      expect(readZoomCall(text)).toEqual({ kind: 'none' });
    },
  );

  it.each(['<tool_call>', '<tool_call>{"name": "image_zoom_in_tool", "argum', '</tool_call><tool_call>{}'])(
    'is cut off: %j',
    (text) => {
      expect(readZoomCall(text)).toEqual({ kind: 'unclosed' });
    },
  );

  it.each([
    '',
    'image_zoom_in_tool',
    '{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": [1, 2, 3, 4}}',
    "{'name': 'image_zoom_in_tool', 'arguments': {'bbox_2d': [1, 2, 3, 4]}}",
    '{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": [NaN, 2, 3, 4]}}',
    '{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": [1, 2, 3, Infinity]}}',
    '<tool_call>{"name": "image_zoom_in_tool"}',
  ])('is no JSON: %j', (json) => {
    expect(readZoomCall(`<tool_call>${json}</tool_call>`)).toEqual({ kind: 'malformed-json', content: json });
  });

  it.each([
    'null',
    '[]',
    '"image_zoom_in_tool"',
    '{}',
    '{"name": null, "arguments": {"bbox_2d": [1, 2, 3, 4]}}',
    '{"name": "image_zoom_in_tool"}',
    '{"name": "image_zoom_in_tool", "arguments": [1, 2, 3, 4]}',
    '{"name": "image_zoom_in_tool", "arguments": "{\\"bbox_2d\\": [1, 2, 3, 4]}"}',
  ])('is JSON, but no call: %j', (json) => {
    expect(readZoomCall(call(json))).toEqual({ kind: 'malformed-call', content: json });
  });

  it.each(['image_zoom_out_tool', 'Image_zoom_in_tool', ''])('names another tool: %j', (name) => {
    expect(readZoomCall(call(`{"name": "${name}", "arguments": {"bbox_2d": [1, 2, 3, 4]}}`))).toEqual({
      kind: 'other-tool',
      name,
    });
  });

  it.each([
    '{}',
    '{"bbox": [1, 2, 3, 4]}',
    '{"bbox_2d": null}',
    '{"bbox_2d": []}',
    '{"bbox_2d": [1, 2, 3]}',
    '{"bbox_2d": [1, 2, 3, 4, 5]}',
    '{"bbox_2d": [[1, 2, 3, 4]]}',
    '{"bbox_2d": ["1", "2", "3", "4"]}',
    '{"bbox_2d": [1, 2, 3, null]}',
    '{"bbox_2d": [1, 2, 3, true]}',
    '{"bbox_2d": [1, 2, 3, 1e999]}',
    '{"bbox_2d": {"0": 1, "1": 2, "2": 3, "3": 4, "length": 4}}',
    '{"bbox_2d": "1, 2, 3, 4"}',
  ])('has no box of four numbers: %s', (json) => {
    expect(readZoomCall(withArguments(json))).toMatchObject({ kind: 'malformed-box' });
  });
});
