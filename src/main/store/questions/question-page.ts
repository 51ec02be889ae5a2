/** The rows of a page: text is read for these positions only. */
import type { QuestionRow } from '../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../shared/prediction.ts';
import { choiceLetter } from '../../../shared/sample.ts';
import type { Connection } from '../connection.ts';
import { exclusionTag } from '../../../shared/exclusion-tag.ts';
import { outcomes } from '../outcome-numbers.ts';

/** A row of a list; where its image is served is not the store's business. */
export type StoredQuestionRow = Omit<QuestionRow, 'imageUrl'> & Readonly<{ hasImage: boolean }>;

type PageColumns = Omit<
  StoredQuestionRow,
  'gold' | 'predicted' | 'outcome' | 'hasTrace' | 'hasNote' | 'hasImage' | 'tags' | 'excluded'
> & {
  answerIndex: number | null;
  choiceIndex: number | null;
  outcome: number;
  hasTrace: number;
  hasNote: number;
  hasImage: number;
  sampleRow: number;
};

const letterOf = (index: number | null): string | null => (index === null ? null : choiceLetter(index));

/** Rows in the order of `positions`; masses and focus are those of the step (null: each question's last). */
export function readPage(
  connection: Connection,
  { runRow, scorer }: Readonly<{ runRow: number; scorer: ScorerName }>,
  positions: readonly number[],
  stepIndex: number | null,
): StoredQuestionRow[] {
  const rows = connection.all<PageColumns>(
    `SELECT sample_id AS sampleId, page.value AS position, split, domain, topic, category, question,
       answer_index AS answerIndex, choice_index AS choiceIndex, outcome, output_text AS outputText,
       ar_steps AS arSteps, total_ms AS totalMs, has_trace AS hasTrace, image IS NOT NULL AS hasImage,
       EXISTS (SELECT 1 FROM notes WHERE notes.prediction_row = predictions.prediction_row) AS hasNote,
       vision_focus AS visionFocus, vision_mass AS visionMass, samples.sample_row AS sampleRow
     FROM json_each(:positions) AS page
     CROSS JOIN scores ON scores.run_row = :runRow AND scores.scorer = :scorer AND scores.position = page.value
     CROSS JOIN predictions ON predictions.run_row = :runRow AND predictions.position = page.value
     CROSS JOIN outputs USING (prediction_row)
     CROSS JOIN samples ON samples.sample_row = predictions.sample_row
     CROSS JOIN strata ON strata.stratum_row = samples.stratum_row
     LEFT JOIN latent_steps ON latent_steps.prediction_row = predictions.prediction_row AND step_index =
       coalesce(:stepIndex, (SELECT max(own.step_index) FROM latent_steps AS own
         WHERE own.prediction_row = predictions.prediction_row))
     ORDER BY page.key`,
    { runRow, scorer, positions: JSON.stringify(positions), stepIndex },
  );
  const tags = tagsOf(
    connection,
    rows.map(({ sampleRow }) => sampleRow),
  );
  return rows.map(({ answerIndex, choiceIndex, sampleRow, ...row }) => {
    const own = tags.get(sampleRow) ?? [];
    return {
      ...row,
      gold: letterOf(answerIndex),
      predicted: letterOf(choiceIndex),
      outcome: outcomes[row.outcome] ?? 'failed',
      hasTrace: row.hasTrace === 1,
      hasNote: row.hasNote === 1,
      hasImage: row.hasImage === 1,
      tags: own,
      excluded: own.includes(exclusionTag),
    };
  });
}

/** Names of the tags by sample row, each list in order. */
export function tagsOf(connection: Connection, sampleRows: readonly number[]): ReadonlyMap<number, string[]> {
  const tags = new Map<number, string[]>();
  const rows = connection.rows<[number, string]>(
    `SELECT sample_row, name FROM sample_tags JOIN tags USING (tag_row)
     WHERE sample_row IN (SELECT value FROM json_each(:sampleRows)) ORDER BY name`,
    { sampleRows: JSON.stringify(sampleRows) },
  );
  for (const [sampleRow, name] of rows) tags.set(sampleRow, [...(tags.get(sampleRow) ?? []), name]);
  return tags;
}
