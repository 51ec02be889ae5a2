/**
 * ScienceQA's fields (Lu et al., NeurIPS 2022), the same in its original JSON and on the Hub: the answer counts
 * from 0, the subject is the domain. Modality is told as its evaluation does: TXT with a hint, IMG with an image,
 * both at once, or NO.
 */
import type { ImageReference } from '../../../shared/sample.ts';
import type { RowFields } from '../rows/row-to-sample.ts';
import { textOf } from '../rows/row-to-sample.ts';
import type { JsonObject } from '../text/json-lines.ts';

/** The fields by which ScienceQA's rows are recognised, beside the question. */
export const scienceqaFields = ['question', 'choices', 'answer', 'hint', 'subject', 'skill', 'lecture'] as const;

export function scienceqaFieldsOf(row: JsonObject, id: string, split: string, image: ImageReference | null): RowFields {
  const hint = textOf(row.hint) ?? '';
  return {
    id,
    split,
    question: row.question,
    choices: row.choices,
    answer: row.answer,
    context: hint,
    rationale: row.solution,
    domain: row.subject,
    topic: row.topic,
    category: row.category,
    attributes: {
      grade: row.grade,
      skill: row.skill,
      task: row.task,
      lecture: row.lecture,
      modality: modalityOf(hint, image !== null),
    },
    image,
  };
}

function modalityOf(hint: string, hasImage: boolean): string {
  const kinds = [...(hint === '' ? [] : ['TXT']), ...(hasImage ? ['IMG'] : [])];
  return kinds.length === 0 ? 'NO' : kinds.join('+');
}
