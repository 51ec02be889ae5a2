/**
 * What the lists of questions need at 100,000 rows a run: search in outputs, and the gold answer without the wide
 * rows of `samples`.
 */
export const questions = `
-- Contentless: the text is in outputs, and deleting a run must not read it again.
CREATE VIRTUAL TABLE outputs_text USING fts5 (output_text, content = '', contentless_delete = 1);
INSERT INTO outputs_text (rowid, output_text)
  SELECT prediction_row, output_text FROM outputs WHERE output_text IS NOT NULL;
CREATE TRIGGER outputs_text_insert AFTER INSERT ON outputs WHEN new.output_text IS NOT NULL BEGIN
  INSERT INTO outputs_text (rowid, output_text) VALUES (new.prediction_row, new.output_text);
END;
CREATE TRIGGER outputs_text_delete AFTER DELETE ON outputs WHEN old.output_text IS NOT NULL BEGIN
  DELETE FROM outputs_text WHERE rowid = old.prediction_row;
END;

-- Counts up with every tag or note of the run's questions; revision does so where results change.
ALTER TABLE runs ADD COLUMN annotation_revision INTEGER NOT NULL DEFAULT 0;

CREATE INDEX samples_by_gold ON samples (sample_row, answer_index);
`;
