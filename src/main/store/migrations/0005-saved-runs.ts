/** When a run was last written to files of its own: what somebody wants to know who is about to delete it. */
export const savedRuns = `
ALTER TABLE runs ADD COLUMN packed_at TEXT;
-- As CSV or JSON Lines, whole or in part.
ALTER TABLE runs ADD COLUMN exported_at TEXT;
`;
