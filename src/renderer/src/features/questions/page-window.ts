/** Which pages of a long list are needed, and which of those kept can go. The page never holds the whole list. */

export const pageSize = 100;

/** Pages that may stay in memory: some 3,000 rows. */
export const pageLimit = 30;

/** Page numbers that cover rows `first` to `last` (0-based, inclusive) of a list of `total`. */
export function pagesOf(first: number, last: number, total: number): number[] {
  if (total === 0) return [];
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.min(last, total - 1) / pageSize);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Of the kept pages, those to drop so that `pageLimit` remain: the ones farthest from what is in view. */
export function pagesToDrop(kept: readonly number[], inView: readonly number[], limit = pageLimit): number[] {
  const distance = (page: number): number => Math.min(...inView.map((shown) => Math.abs(shown - page)));
  return kept.length <= limit || inView.length === 0
    ? []
    : [...kept].sort((a, b) => distance(b) - distance(a)).slice(0, kept.length - limit);
}
