/** What people add: tags on questions, notes on answers, saved views of the questions page. */
import { fail } from '../../shared/failure.ts';
import type { Connection } from './connection.ts';

export type SavedView = Readonly<{ name: string; query: string; savedAt: string }>;

/** A list that a person can still read. */
const viewCountLimit = 500;

export type AnnotationsRepository = Readonly<{
  tag: (sampleRow: number, name: string) => void;
  untag: (sampleRow: number, name: string) => void;
  tagsOf: (sampleRow: number) => string[];
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
    tag: (sampleRow, name) =>
      connection.transaction(() => {
        connection.run('INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING', { name });
        connection.run(
          `INSERT INTO sample_tags (sample_row, tag_row)
           VALUES (:sampleRow, (SELECT tag_row FROM tags WHERE name = :name)) ON CONFLICT DO NOTHING`,
          { sampleRow, name },
        );
      }),
    untag: (sampleRow, name) =>
      void connection.run(
        `DELETE FROM sample_tags WHERE sample_row = :sampleRow
           AND tag_row = (SELECT tag_row FROM tags WHERE name = :name)`,
        { sampleRow, name },
      ),
    tagsOf: (sampleRow) =>
      connection
        .all<{ name: string }>(
          'SELECT name FROM sample_tags JOIN tags USING (tag_row) WHERE sample_row = :sampleRow ORDER BY name',
          { sampleRow },
        )
        .map(({ name }) => name),
    saveNote: (runRow, position, note) =>
      void connection.run(
        note === ''
          ? `DELETE FROM notes WHERE prediction_row = (SELECT prediction_row FROM predictions
               WHERE run_row = :runRow AND position = :position)`
          : `INSERT INTO notes (prediction_row, note, changed_at) SELECT prediction_row, :note, :changedAt
               FROM predictions WHERE run_row = :runRow AND position = :position
             ON CONFLICT (prediction_row) DO UPDATE SET note = excluded.note, changed_at = excluded.changed_at`,
        note === '' ? { runRow, position } : { runRow, position, note, changedAt: new Date().toISOString() },
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
