/**
 * M3CoT's fields, the same in its Hub parquet files and its original JSON Lines (Chen et al., ACL 2024): the
 * answer is a letter, and domain, topic and category are fields of the row, never derived from the id.
 */
import type { JsonObject } from '../text/json-lines.ts';
import type { RowFields } from '../rows/row-to-sample.ts';
import { normaliseSplit, unnamedSplit } from '../split-name.ts';
import { textOf } from '../rows/row-to-sample.ts';
import type { ImageReference } from '../../../shared/sample.ts';

/** The fields by which M3CoT rows are recognised. */
export const m3cotFields = ['id', 'question', 'choices', 'answer', 'domain', 'topic'] as const;

/** A row's fields; the file's split wins over the row's. */
export function m3cotFieldsOf(row: JsonObject, fileSplit: string | null, image: ImageReference | null): RowFields {
  return {
    id: row.id,
    split: fileSplit ?? splitOfRow(row.split),
    question: row.question,
    choices: row.choices,
    answer: row.answer,
    context: row.context,
    rationale: row.rationale,
    domain: row.domain,
    topic: row.topic,
    category: row.category,
    attributes: { image_id: row.image_id },
    image,
  };
}

/** The split that a row names, or the name for rows without one. */
export function splitOfRow(value: unknown): string {
  const text = textOf(value)?.trim() ?? '';
  return text === '' ? unnamedSplit : normaliseSplit(text);
}
