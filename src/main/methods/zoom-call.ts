/**
 * What a model's text asks of Chain-of-Focus's only tool:
 * `<tool_call>{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": [x1, y1, x2, y2], "label": "…"}}</tool_call>`.
 * Whatever a model writes is one of the kinds below; nothing throws. Of several calls the first counts, and a call
 * counts before an answer in the same text, both as in the method's published evaluation. Where the box lies is
 * `zoom-box.ts`'s business.
 */

export const zoomToolName = 'image_zoom_in_tool';

/** Top left and bottom right corner as the model wrote them: finite numbers in pixels of the image it saw. */
export type WrittenBox = readonly [x1: number, y1: number, x2: number, y2: number];

export type ZoomCall =
  | Readonly<{ kind: 'call'; box: WrittenBox; label: string | null }>
  /** The text has no call: it is the model's last word. */
  | Readonly<{ kind: 'none' }>
  /** A call begins and never ends: the text was cut off. */
  | Readonly<{ kind: 'unclosed' }>
  | Readonly<{ kind: 'malformed-json'; content: string }>
  /** JSON, but no object with a name and arguments. */
  | Readonly<{ kind: 'malformed-call'; content: string }>
  | Readonly<{ kind: 'other-tool'; name: string }>
  /** The tool's call without a list of four finite numbers. */
  | Readonly<{ kind: 'malformed-box'; content: string }>;

const opening = '<tool_call>';
const closing = '</tool_call>';

/** Reads the first tool call of a text. */
export function readZoomCall(text: string): ZoomCall {
  const start = text.indexOf(opening);
  if (start < 0) return { kind: 'none' };
  const from = start + opening.length;
  const end = text.indexOf(closing, from);
  if (end < 0) return { kind: 'unclosed' };
  const content = text.slice(from, end).trim();
  let call: unknown;
  try {
    call = JSON.parse(content);
  } catch {
    return { kind: 'malformed-json', content };
  }
  if (!isObject(call) || typeof call.name !== 'string') return { kind: 'malformed-call', content };
  if (call.name !== zoomToolName) return { kind: 'other-tool', name: call.name };
  if (!isObject(call.arguments)) return { kind: 'malformed-call', content };
  const { bbox_2d: box, label } = call.arguments;
  if (!isWrittenBox(box)) return { kind: 'malformed-box', content };
  return { kind: 'call', box, label: typeof label === 'string' ? label : null };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWrittenBox(value: unknown): value is WrittenBox {
  return Array.isArray(value) && value.length === 4 && value.every((number) => Number.isFinite(number));
}
