/**
 * Markers that a prompt asks for around the final answer: `[[B]]` (SCAFFOLD) and `<answer>B</answer>`
 * (Chain-of-Focus). What stands in one is read by `strict`; a marker that is never closed is none.
 */
import type { TextSpan } from './scorer.ts';

export type Marker = Readonly<{
  rule: 'double-brackets' | 'answer-tag';
  /** Brackets or tags included. */
  span: TextSpan;
  content: TextSpan;
}>;

/** Runs of brackets, because an option's text may itself begin or end with one: `[[[1, 2]]]`. */
const markerEdges = /\[{2,}|\]{2,}|<\/?answer>/giu;

/** All markers from `start`, in order of place; of nested ones the innermost. */
export function markersIn(text: string, start: number): Marker[] {
  const markers: Marker[] = [];
  const opened: Record<Marker['rule'], TextSpan | null> = { 'double-brackets': null, 'answer-tag': null };
  markerEdges.lastIndex = start;
  for (let match = markerEdges.exec(text); match !== null; match = markerEdges.exec(text)) {
    const [edge] = match;
    const rule = edge.startsWith('<') ? 'answer-tag' : 'double-brackets';
    // The outer two of a run are the marker's.
    const isOpening = rule === 'answer-tag' ? edge.length === '<answer>'.length : edge.startsWith('[');
    const width = rule === 'answer-tag' ? edge.length : 2;
    if (isOpening) {
      opened[rule] = { start: match.index, end: match.index + width };
      continue;
    }
    const opening = opened[rule];
    if (opening === null) continue;
    const end = markerEdges.lastIndex;
    const content = { start: opening.end, end: end - width };
    markers.push({ rule, span: { start: opening.start, end }, content });
    opened[rule] = null;
  }
  return markers;
}

/** Nothing but what joins alternatives: "[[A]] or [[B]]". */
const joint = /^\s{0,3}(?:,|\/|&)?\s{0,3}(?:and|or|nor)?\s{0,3}$/iu;

/** Whether two markers are named together. A mere blank or line break between them does not join them. */
export function areJoined(text: string, earlier: Marker, later: Marker): boolean {
  const between = text.slice(earlier.span.end, later.span.start);
  return between.length <= 20 && between.trim() !== '' && joint.test(between);
}
