/**
 * Runs that readers do not see: one that is being taken in, piece by piece, and one that was deleted and is removed
 * piece by piece. A single transaction over 100,000 questions would keep every other writer waiting.
 */
export const hiddenRuns = `
ALTER TABLE runs ADD COLUMN hidden TEXT CHECK (hidden IN ('arriving', 'leaving'));
`;
