/** Where a run's scorers do not agree, and whether all of them have read its answers. */
import { scorerNames, type ScorerName } from '../../../shared/prediction.ts';
import { scorers } from '../../scoring/scorers.ts';
import { storedScorers } from '../scores-repository.ts';
import type { QuestionSource } from './question-filter.ts';
import { maskOf, type RunColumns } from './run-columns.ts';

/** 1 where two of the stored scorers read different choices or come to different outcomes. */
export function disagreementMask({ connection }: QuestionSource, run: RunColumns, scorer: ScorerName): Uint8Array {
  const { runRow, size, kept } = run;
  return kept('disagree', () =>
    maskOf(
      size,
      connection,
      // Two scorers that differ cannot both agree with a third: one of them is enough to compare with.
      `SELECT mine.position FROM scores AS mine
       CROSS JOIN (SELECT DISTINCT value AS scorer FROM json_each(:others)) AS others
       CROSS JOIN scores AS theirs ON theirs.run_row = :runRow AND theirs.scorer = others.scorer
         AND theirs.position = mine.position
       WHERE mine.run_row = :runRow AND mine.scorer = :scorer
         AND (theirs.outcome <> mine.outcome OR theirs.choice_index IS NOT mine.choice_index)`,
      { runRow, scorer, others: JSON.stringify(storedScorers(connection, runRow).filter((name) => name !== scorer)) },
    ),
  );
}

/** Whether the current version of every scorer has read every answer: before that, a disagreement may be missed. */
export function isScoredByAll({ connection }: QuestionSource, { runRow }: RunColumns): boolean {
  const versions = Object.fromEntries(scorerNames.map((name) => [name, scorers[name].version]));
  const current = `SELECT count(*) FROM json_each(:versions) AS current
    CROSS JOIN scores ON scores.run_row = :runRow AND scores.scorer = current.key AND scores.version = current.value`;
  const answers = 'SELECT count(*) FROM predictions WHERE run_row = :runRow';
  const sql = `SELECT (${current}), (${answers})`;
  const [[readings, answered] = [0, 0]] = connection.rows<[number, number]>(sql, {
    runRow,
    versions: JSON.stringify(versions),
  });
  return readings === scorerNames.length * answered;
}
