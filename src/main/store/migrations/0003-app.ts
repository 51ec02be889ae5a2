/** What the pages keep: opened datasets with their summaries, models' reports, preferences, probes, analyses. */
export const app = `
-- Null: only known through runs.
ALTER TABLE datasets ADD COLUMN opened_at TEXT;
-- DatasetSummary as JSON, without its problems.
ALTER TABLE datasets ADD COLUMN summary TEXT;
-- Taken off the list by the user; runs keep it.
ALTER TABLE datasets ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));

-- ModelReport as JSON.
ALTER TABLE models ADD COLUMN report TEXT;
-- Imported or added by the user: stays without runs.
ALTER TABLE models ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));
ALTER TABLE models ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));

CREATE TABLE preferences (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Questions answered again with other settings: attached to a prediction, never rows of a run.
CREATE TABLE probes (
  probe_row INTEGER PRIMARY KEY,
  probe_id TEXT NOT NULL UNIQUE,
  prediction_row INTEGER NOT NULL REFERENCES predictions ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  settings TEXT NOT NULL,
  prediction TEXT NOT NULL
) STRICT;
CREATE INDEX probes_by_prediction ON probes (prediction_row);

-- Analyses computed from a run's rows at a revision, by kind ('attention', …).
CREATE TABLE run_analyses (
  run_row INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  kind TEXT NOT NULL,
  scorer TEXT NOT NULL,
  revision INTEGER NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY (run_row, kind, scorer)
) STRICT, WITHOUT ROWID;
`;
