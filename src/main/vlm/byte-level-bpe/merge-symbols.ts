/**
 * Byte-pair encoding of one piece of text: merges the neighbouring pair of lowest rank, leftmost first, until no
 * pair has a merge. The result is that of Hugging Face's `tokenizers`.
 *
 * Short pieces (nearly all) are scanned; long ones, such as 100 kB without a space, go through a heap so that the
 * time grows with n log n.
 */

/** Merges of a vocabulary: for each pair of token ids its rank, for each rank the merged id. */
export type MergeTable = Readonly<{
  /** Keyed `left * idCount + right`. */
  ranks: ReadonlyMap<number, number>;
  /** Merged id of each rank. */
  merged: Int32Array;
  idCount: number;
}>;

/** Above this number of symbols the heap is faster than scanning. */
const scanLimit = 48;

/** Higher than any rank. */
const noMerge = 0x7fffffff;

/** Token ids of a piece from the ids of its bytes; `symbols` is used up. */
export function mergeSymbols(table: MergeTable, symbols: number[]): number[] {
  return symbols.length <= scanLimit ? mergeByScanning(table, symbols) : mergeByHeap(table, symbols);
}

function rankOf(table: MergeTable, left: number | undefined, right: number | undefined): number {
  if (left === undefined || right === undefined) return noMerge;
  return table.ranks.get(left * table.idCount + right) ?? noMerge;
}

function mergeByScanning(table: MergeTable, symbols: number[]): number[] {
  const ranks = symbols.map((symbol, i) => rankOf(table, symbol, symbols[i + 1]));
  for (;;) {
    let best = 0;
    for (let i = 1; i < ranks.length; i++) {
      if ((ranks[i] ?? noMerge) < (ranks[best] ?? noMerge)) best = i;
    }
    const rank = ranks[best] ?? noMerge;
    if (rank === noMerge) return symbols;
    symbols.splice(best, 2, table.merged[rank] ?? 0);
    ranks.splice(best + 1, 1);
    ranks[best] = rankOf(table, symbols[best], symbols[best + 1]);
    if (best > 0) ranks[best - 1] = rankOf(table, symbols[best - 1], symbols[best]);
  }
}

/** Binary heap of numbers, smallest first. */
class MinHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] ?? 0;
      if (above <= item) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] ?? 0) < (items[child] ?? 0)) child += 1;
      const below = items[child] ?? 0;
      if (below >= last) break;
      items[at] = below;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

/**
 * Symbols form a linked list over their first positions; the heap holds `rank * length + position`, so that equal
 * ranks come from left to right. An entry is stale when the pair at its position has another rank by now.
 */
function mergeByHeap(table: MergeTable, symbols: number[]): number[] {
  const length = symbols.length;
  const ids = Int32Array.from(symbols);
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const ranks = new Int32Array(length).fill(noMerge);
  const heap = new MinHeap();
  const propose = (at: number): void => {
    const rank = rankOf(table, ids[at], ids[next[at] ?? length]);
    ranks[at] = rank;
    if (rank !== noMerge) heap.push(rank * length + at);
  };
  for (let i = 0; i < length; i++) propose(i);
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) {
    const rank = Math.floor(item / length);
    const at = item % length;
    if (ranks[at] !== rank) continue;
    const absorbed = next[at] ?? length;
    const after = next[absorbed] ?? length;
    ids[at] = table.merged[rank] ?? 0;
    ranks[absorbed] = noMerge;
    next[at] = after;
    if (after < length) previous[after] = at;
    propose(at);
    const before = previous[at] ?? -1;
    if (before >= 0) propose(before);
  }
  const result: number[] = [];
  for (let at = 0; at < length; at = next[at] ?? length) result.push(ids[at] ?? 0);
  return result;
}
