/** End-of-sequence markers that a decode (or a published prediction file) leaves behind a model's output. */

const endMarkers = ['</s>', '<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<eos>'];

/** Where the generated text ends: before trailing white space and end-of-sequence markers. */
export function generatedEnd(text: string): number {
  let end = text.trimEnd().length;
  for (let marker = markerBefore(text, end); marker !== undefined; marker = markerBefore(text, end)) {
    end -= marker.length;
    while (end > 0 && /\s/.test(text.charAt(end - 1))) end--;
  }
  return end;
}

function markerBefore(text: string, end: number): string | undefined {
  return endMarkers.find((marker) => marker.length <= end && text.startsWith(marker, end - marker.length));
}
