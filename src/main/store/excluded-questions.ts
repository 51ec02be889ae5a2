/** Questions whose gold answer is wrong: tagged so by people, shown everywhere, and left out of every count. */
import { exclusionTag } from '../../shared/exclusion-tag.ts';

/** Subquery of the excluded questions' sample rows. */
export const excludedSampleRows = `(SELECT sample_row FROM sample_tags
  WHERE tag_row = (SELECT tag_row FROM tags WHERE name = '${exclusionTag}'))`;

/** Subquery of the excluded questions' positions in the run `:runRow`. */
export const excludedPositions = `(SELECT position FROM planned_questions
  WHERE run_row = :runRow AND sample_row IN ${excludedSampleRows})`;
