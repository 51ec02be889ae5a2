/** What people add: tags on questions, notes on answers, saved views of the questions page. */
import { fail } from '../../shared/failure.ts';
import type { Connection } from './connection.ts';
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import { excludedSampleRows } from './excluded-questions.ts';
import { tagsOf } from './questions/question-page.ts';
import { touchRunsOf } from './samples-repository.ts';

export type SavedView = Readonly<{ name: string; query: string; savedAt: string }>;

/** A list that a person can still read. */
const viewCountLimit = 500;

export type AnnotationsRepository = Readonly<{
  /**
   * Adds and removes tags on the samples; returns how many of them changed. What is kept of the runs that hold one
   * goes: their lists, and where a question is excluded or taken in again also their results.
   */
  changeTags: (
    sampleRows: readonly number[],
    change: Readonly<{ add?: readonly string[]; remove?: readonly string[] }>,
  ) => number;
  tagsOf: (sampleRow: number) => string[];
  /** The same for many samples; those without tags have no entry. */
  tagsOfAll: (sampleRows: readonly number[]) => ReadonlyMap<number, string[]>;
  /** Tags of a run's questions with the positions that have them. */
  tagsOfRun: (runRow: number) => Readonly<{ tag: string; positions: readonly number[] }>[];
  /** How many of each run's planned questions are tagged `bad gold`; runs with none have no entry. */
  excludedByRun: () => ReadonlyMap<number, number>;
  /** Notes on a run's answers, in order. */
  notesOfRun: (runRow: number) => Readonly<{ position: number; note: string }>[];
  /** Notes on the run's answers at these positions; those without have no entry. */
  notesAt: (runRow: number, positions: readonly number[]) => ReadonlyMap<number, string>;
  /** Tags in use, by name, with the samples that have them. */
  tags: () => Readonly<{ tag: string; count: number }>[];
  /** An empty note deletes it. */
  saveNote: (runRow: number, position: number, note: string) => void;
  noteOf: (runRow: number, position: number) => string | null;
  /** A view of the same name is replaced. Fails: `wrong-usage` (too many). */
  saveView: (name: string, query: string) => SavedView;
  deleteView: (name: string) => void;
  views: () => SavedView[];
}>;

export function createAnnotationsRepository(connection: Connection): AnnotationsRepository {
  return {
    changeTags: (sampleRows, { add = [], remove = [] }) =>
      connection.transaction(() => {
        const changed = new Set<number>();
        const excluded = new Set<number>();
        const samples = JSON.stringify(sampleRows);
        const note = (name: string, rows: readonly number[]): void => {
          for (const row of rows) {
            changed.add(row);
            if (name === exclusionTag) excluded.add(row);
          }
        };
        for (const name of remove) note(name, removeTag(connection, samples, name));
        for (const name of add) note(name, addTag(connection, samples, name));
        connection.run(`DELETE FROM tags WHERE NOT EXISTS
          (SELECT 1 FROM sample_tags WHERE sample_tags.tag_row = tags.tag_row)`);
        if (changed.size > 0) touchRunsOf(connection, [...changed], 'annotation_revision');
        if (excluded.size > 0) touchRunsOf(connection, [...excluded]);
        return changed.size;
      }),
    tagsOf: (sampleRow) =>
      connection
        .all<{ name: string }>(
          'SELECT name FROM sample_tags JOIN tags USING (tag_row) WHERE sample_row = :sampleRow ORDER BY name',
          { sampleRow },
        )
        .map(({ name }) => name),
    tagsOfAll: (sampleRows) => tagsOf(connection, sampleRows),
    tagsOfRun: (runRow) => {
      const rows = connection.all<{ tag: string; position: number }>(
        `SELECT name AS tag, position FROM tags JOIN sample_tags USING (tag_row)
         JOIN planned_questions USING (sample_row) WHERE run_row = :runRow ORDER BY name, position`,
        { runRow },
      );
      return [...Map.groupBy(rows, ({ tag }) => tag)].map(([tag, tagged]) => ({
        tag,
        positions: tagged.map(({ position }) => position),
      }));
    },
    excludedByRun: () =>
      new Map(
        connection.rows<[number, number]>(
          `SELECT run_row, count(*) FROM planned_questions JOIN runs USING (run_row)
           WHERE hidden IS NULL AND sample_row IN ${excludedSampleRows} GROUP BY run_row`,
        ),
      ),
    notesOfRun: (runRow) =>
      connection.all<{ position: number; note: string }>(
        `SELECT position, note FROM notes JOIN predictions USING (prediction_row)
         WHERE run_row = :runRow ORDER BY position`,
        { runRow },
      ),
    tags: () =>
      connection.all<{ tag: string; count: number }>(
        'SELECT name AS tag, count(*) AS count FROM tags JOIN sample_tags USING (tag_row) GROUP BY name ORDER BY name',
      ),
    saveNote: (runRow, position, note) =>
      connection.transaction(() => {
        connection.run(
          note === ''
            ? `DELETE FROM notes WHERE prediction_row = (SELECT prediction_row FROM predictions
                 WHERE run_row = :runRow AND position = :position)`
            : `INSERT INTO notes (prediction_row, note, changed_at) SELECT prediction_row, :note, :changedAt
                 FROM predictions WHERE run_row = :runRow AND position = :position
               ON CONFLICT (prediction_row) DO UPDATE SET note = excluded.note, changed_at = excluded.changed_at`,
          note === '' ? { runRow, position } : { runRow, position, note, changedAt: new Date().toISOString() },
        );
        connection.run('UPDATE runs SET annotation_revision = annotation_revision + 1 WHERE run_row = :runRow', {
          runRow,
        });
      }),
    notesAt: (runRow, positions) =>
      new Map(
        connection.rows<[number, string]>(
          `SELECT position, note FROM notes JOIN predictions USING (prediction_row)
           WHERE run_row = :runRow AND position IN (SELECT value FROM json_each(:positions))`,
          { runRow, positions: JSON.stringify(positions) },
        ),
      ),
    noteOf: (runRow, position) =>
      connection.all<{ note: string }>(
        `SELECT note FROM notes JOIN predictions USING (prediction_row)
         WHERE run_row = :runRow AND position = :position`,
        { runRow, position },
      )[0]?.note ?? null,
    saveView: (name, query) =>
      connection.transaction(() => {
        const view: SavedView = { name, query, savedAt: new Date().toISOString() };
        connection.run(
          `INSERT INTO saved_views (name, query, saved_at) VALUES (:name, :query, :savedAt)
           ON CONFLICT (name) DO UPDATE SET query = excluded.query, saved_at = excluded.saved_at`,
          view,
        );
        const total = connection.all<{ total: number }>('SELECT count(*) AS total FROM saved_views')[0]?.total ?? 0;
        if (total > viewCountLimit) {
          fail('wrong-usage', 'There are too many saved views.', {
            expected: `at most ${viewCountLimit}`,
            action: 'Delete some first.',
          });
        }
        return view;
      }),
    deleteView: (name) => void connection.run('DELETE FROM saved_views WHERE name = :name', { name }),
    views: () => connection.all<SavedView>('SELECT name, query, saved_at AS savedAt FROM saved_views ORDER BY name'),
  };
}

/** Both take the samples' rows as JSON and give back those that changed. */
function addTag(connection: Connection, sampleRows: string, name: string): number[] {
  connection.run('INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING', { name });
  return connection
    .rows<[number]>(
      `INSERT INTO sample_tags (sample_row, tag_row)
       SELECT value, (SELECT tag_row FROM tags WHERE name = :name) FROM json_each(:sampleRows) WHERE true
       ON CONFLICT DO NOTHING RETURNING sample_row`,
      { name, sampleRows },
    )
    .map(([sampleRow]) => sampleRow);
}

function removeTag(connection: Connection, sampleRows: string, name: string): number[] {
  return connection
    .rows<[number]>(
      `DELETE FROM sample_tags WHERE tag_row = (SELECT tag_row FROM tags WHERE name = :name)
         AND sample_row IN (SELECT value FROM json_each(:sampleRows)) RETURNING sample_row`,
      { name, sampleRows },
    )
    .map(([sampleRow]) => sampleRow);
}
