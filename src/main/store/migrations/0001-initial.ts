/**
 * The first schema. Wide text (prompts, outputs) and blobs (patches, attention) sit apart from the narrow rows
 * that lists, filters and tallies read. `strata` are the distinct (split, domain, topic, category): a score row
 * names its stratum, so that tallies and filters of a run read one index and no text.
 */
export const initial = `
CREATE TABLE datasets (
  dataset_row INTEGER PRIMARY KEY,
  -- SHA-256 over the rows; a prediction file imported without its dataset: 'predictions:' and the file's SHA-256.
  fingerprint TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  format TEXT,
  licence TEXT,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE strata (
  stratum_row INTEGER PRIMARY KEY,
  split TEXT NOT NULL,
  domain TEXT NOT NULL,
  topic TEXT NOT NULL,
  category TEXT NOT NULL,
  UNIQUE (domain, topic, category, split)
) STRICT;

CREATE TABLE samples (
  sample_row INTEGER PRIMARY KEY,
  dataset_row INTEGER NOT NULL REFERENCES datasets,
  sample_id TEXT NOT NULL,
  stratum_row INTEGER NOT NULL REFERENCES strata,
  answer_index INTEGER,
  question TEXT NOT NULL,
  choices TEXT NOT NULL,
  context TEXT NOT NULL,
  rationale TEXT NOT NULL,
  attributes TEXT NOT NULL,
  image TEXT,
  UNIQUE (dataset_row, sample_id)
) STRICT;
CREATE INDEX samples_by_id ON samples (sample_id);
CREATE INDEX samples_by_stratum ON samples (stratum_row);

CREATE VIRTUAL TABLE samples_text USING fts5 (
  question, choices, context, content = 'samples', content_rowid = 'sample_row'
);
CREATE TRIGGER samples_text_insert AFTER INSERT ON samples BEGIN
  INSERT INTO samples_text (rowid, question, choices, context)
  VALUES (new.sample_row, new.question, new.choices, new.context);
END;
CREATE TRIGGER samples_text_delete AFTER DELETE ON samples BEGIN
  INSERT INTO samples_text (samples_text, rowid, question, choices, context)
  VALUES ('delete', old.sample_row, old.question, old.choices, old.context);
END;
CREATE TRIGGER samples_text_update AFTER UPDATE ON samples BEGIN
  INSERT INTO samples_text (samples_text, rowid, question, choices, context)
  VALUES ('delete', old.sample_row, old.question, old.choices, old.context);
  INSERT INTO samples_text (rowid, question, choices, context)
  VALUES (new.sample_row, new.question, new.choices, new.context);
END;

CREATE TABLE models (
  model_row INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  precision TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  run_row INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('evaluation', 'imported')),
  label TEXT NOT NULL,
  -- 'interrupted' is never stored: it is a running run whose owner is gone.
  status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'finished', 'failed')),
  created_at TEXT NOT NULL,
  finished_at TEXT,
  dataset_row INTEGER REFERENCES datasets,
  model_row INTEGER REFERENCES models,
  split TEXT,
  where_terms TEXT NOT NULL,
  row_limit INTEGER,
  rows_without_image INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  settings TEXT,
  configuration_hash TEXT,
  scorer TEXT NOT NULL,
  device TEXT,
  -- Versions and machine, for the manifest.
  environment TEXT NOT NULL,
  -- Wall time of the batches, in ms.
  work_ms REAL NOT NULL,
  failure TEXT,
  -- Positions that crashed the engine when the run paused; a second crash records them as failed.
  suspects TEXT NOT NULL,
  -- Counts up with every recorded batch and every change of scores: what is computed from rows can be kept.
  revision INTEGER NOT NULL,
  owner_token TEXT,
  owner_pid INTEGER,
  owner_host TEXT,
  -- ms since 1970.
  heartbeat_at INTEGER,
  -- 0: no, 1: after the batch in flight, 2: at once.
  stop_requested INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_age ON runs (created_at, run_row);
CREATE INDEX runs_by_dataset ON runs (dataset_row);
CREATE INDEX runs_by_model ON runs (model_row);

CREATE TABLE planned_questions (
  run_row INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  sample_row INTEGER NOT NULL REFERENCES samples,
  PRIMARY KEY (run_row, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX planned_once ON planned_questions (sample_row, run_row);

CREATE TABLE predictions (
  prediction_row INTEGER PRIMARY KEY,
  run_row INTEGER NOT NULL,
  position INTEGER NOT NULL,
  sample_row INTEGER NOT NULL REFERENCES samples,
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  has_trace INTEGER NOT NULL CHECK (has_trace IN (0, 1)),
  output_token_count INTEGER,
  ar_steps INTEGER,
  finish_reason TEXT,
  preprocess_ms REAL,
  vision_ms REAL,
  prefill_ms REAL,
  latent_ms REAL,
  decode_ms REAL,
  total_ms REAL,
  UNIQUE (run_row, position),
  UNIQUE (sample_row, run_row),
  FOREIGN KEY (run_row, position) REFERENCES planned_questions (run_row, position) ON DELETE CASCADE
) STRICT;

CREATE TABLE outputs (
  prediction_row INTEGER PRIMARY KEY REFERENCES predictions ON DELETE CASCADE,
  output_text TEXT,
  messages TEXT,
  prompt TEXT,
  -- The trace without its steps.
  trace TEXT,
  failure TEXT
) STRICT;

CREATE TABLE latent_steps (
  prediction_row INTEGER NOT NULL REFERENCES predictions ON DELETE CASCADE,
  step_index INTEGER NOT NULL,
  vision_mass REAL NOT NULL,
  text_mass REAL NOT NULL,
  latent_vision_mass REAL NOT NULL,
  latent_text_mass REAL NOT NULL,
  vision_focus REAL NOT NULL,
  PRIMARY KEY (prediction_row, step_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE latent_step_patches (
  prediction_row INTEGER NOT NULL,
  step_index INTEGER NOT NULL,
  selected_slots BLOB NOT NULL,
  scores BLOB NOT NULL,
  ranks BLOB NOT NULL,
  pool BLOB NOT NULL,
  image_attention BLOB NOT NULL,
  PRIMARY KEY (prediction_row, step_index),
  FOREIGN KEY (prediction_row, step_index) REFERENCES latent_steps ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
  run_row INTEGER NOT NULL,
  scorer TEXT NOT NULL,
  position INTEGER NOT NULL,
  stratum_row INTEGER NOT NULL REFERENCES strata,
  -- 0 right, 1 wrong, 2 unparsed, 3 failed.
  outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 3),
  version INTEGER NOT NULL,
  choice_index INTEGER,
  rule TEXT NOT NULL,
  match_start INTEGER,
  match_end INTEGER,
  PRIMARY KEY (run_row, scorer, position),
  FOREIGN KEY (run_row, position) REFERENCES predictions (run_row, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX scores_by_stratum ON scores (run_row, scorer, stratum_row, outcome);
CREATE INDEX scores_of_stratum ON scores (stratum_row);

-- Results computed from a run's rows at a revision.
CREATE TABLE run_results (
  run_row INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  scorer TEXT NOT NULL,
  revision INTEGER NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY (run_row, scorer)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  tag_row INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE sample_tags (
  sample_row INTEGER NOT NULL REFERENCES samples,
  tag_row INTEGER NOT NULL REFERENCES tags ON DELETE CASCADE,
  PRIMARY KEY (sample_row, tag_row)
) STRICT, WITHOUT ROWID;
CREATE INDEX sample_tags_by_tag ON sample_tags (tag_row);

CREATE TABLE notes (
  prediction_row INTEGER PRIMARY KEY REFERENCES predictions ON DELETE CASCADE,
  note TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;

CREATE TABLE saved_views (
  view_row INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  query TEXT NOT NULL,
  saved_at TEXT NOT NULL
) STRICT;
`;
