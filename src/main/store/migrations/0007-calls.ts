/**
 * Of methods that ask the model in words: how many calls an answer took, where each generated token looked, and what
 * went wrong without ending the question. The calls' texts lie in the trace's JSON; these lists are as long as the
 * output and are read only for its details. Answers of before have no calls.
 */
export const calls = `
ALTER TABLE predictions ADD COLUMN call_count INTEGER NOT NULL DEFAULT 0;

-- A number for each generated token, as float16.
CREATE TABLE call_masses (
  prediction_row INTEGER NOT NULL REFERENCES predictions ON DELETE CASCADE,
  call_index INTEGER NOT NULL,
  vision_masses BLOB NOT NULL,
  text_masses BLOB NOT NULL,
  PRIMARY KEY (prediction_row, call_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE remarks (
  prediction_row INTEGER NOT NULL REFERENCES predictions ON DELETE CASCADE,
  remark_index INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- Null: none in particular.
  call_index INTEGER,
  found TEXT NOT NULL,
  PRIMARY KEY (prediction_row, remark_index)
) STRICT, WITHOUT ROWID;
`;
