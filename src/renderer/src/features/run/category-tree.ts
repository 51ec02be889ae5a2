/** The category table's rows in order, with what is folded away left out. */
import type { CategoryNode } from '../../../../shared/statistics.ts';

export type CategoryRow = Readonly<{ node: CategoryNode; key: string; depth: number; hasChildren: boolean }>;

export const keyOf = (path: readonly string[]): string => JSON.stringify(path);

const isInside = (path: readonly string[], ancestor: readonly string[]): boolean =>
  path.length > ancestor.length && ancestor.every((part, level) => path[level] === part);

/** @param open keys of the nodes whose children are shown; the root's always are */
export function visibleRows(nodes: readonly CategoryNode[], open: ReadonlySet<string>): CategoryRow[] {
  return nodes
    .filter(
      ({ path }) => path.length <= 1 || path.slice(1).every((_, level) => open.has(keyOf(path.slice(0, level + 1)))),
    )
    .map((node) => ({
      node,
      key: keyOf(node.path),
      depth: Math.max(0, node.path.length - 1),
      hasChildren: node.path.length > 0 && nodes.some(({ path }) => isInside(path, node.path)),
    }));
}
