/** The category tree beside the list: n and accuracy of each node under the rest of the filter; one node filters. */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { CategoryNode } from '../../../../shared/statistics.ts';
import { count, percent } from '../../components/numbers.ts';
import { type CategoryRow, keyOf, visibleRows } from '../run/category-tree.ts';
import classes from './category-tree-panel.module.css';
import { type Terms, withCategory } from './filter-terms.ts';
import { type ScopeActions, ScopeMenu } from './scope-actions.tsx';

export type CategoryTreePanelProps = Readonly<{
  categories: readonly CategoryNode[];
  where: Terms;
  /** The node that the filter names. */
  path: readonly string[];
  onPath: (path: readonly string[]) => void;
  actions: ScopeActions;
}>;

const nameOf = ({ node: { path } }: CategoryRow): string => (path.length === 0 ? 'All' : path.at(-1) || '(none)');

export function CategoryTreePanel({ categories, where, path, onPath, actions }: CategoryTreePanelProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(path.map((_, level) => keyOf(path.slice(0, level + 1)))),
  );
  const [focused, setFocused] = useState(keyOf(path));
  const [menuOf, setMenuOf] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const rows = visibleRows(categories, open);
  const chosen = keyOf(path);
  const stop = rows.some(({ key }) => key === focused) ? focused : rows[0]?.key;
  const toggle = (key: string): void => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  const focus = (row: CategoryRow | undefined): void => {
    if (row === undefined) return;
    setFocused(row.key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus();
  };
  const press = (event: KeyboardEvent, row: CategoryRow): void => {
    const place = rows.indexOf(row);
    const isOpen = open.has(row.key);
    const parent = rows.findLast(({ node }, index) => index < place && node.path.length < row.node.path.length);
    const does: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(rows[place + 1]),
      ArrowUp: () => focus(rows[place - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (row.hasChildren && !isOpen ? toggle(row.key) : focus(rows[place + 1])),
      ArrowLeft: () => (row.hasChildren && isOpen ? toggle(row.key) : focus(parent)),
      Enter: () => onPath(row.node.path),
      ' ': () => onPath(row.node.path),
      ContextMenu: () => setMenuOf(row.key),
      'Shift+F10': () => setMenuOf(row.key),
    };
    const act = does[event.shiftKey ? `Shift+${event.key}` : event.key];
    if (act === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    act();
  };
  return (
    <>
      <div className={classes.header} aria-hidden="true">
        <span className={classes.name}>Category</span>
        <span className={classes.count}>n</span>
        <span className={classes.accuracy}>right</span>
      </div>
      <div ref={tree} role="tree" aria-label="Categories" className={classes.tree}>
        {rows.map((row) => {
          const { node, key, depth, hasChildren } = row;
          const isOpen = open.has(key);
          const scope = {
            label: node.path.length === 0 ? 'all categories' : node.path.join(' / '),
            where: withCategory(where, node.path),
            count: node.total + node.excluded,
          };
          return (
            <div
              key={key}
              role="treeitem"
              aria-level={node.path.length + 1}
              aria-selected={key === chosen}
              {...(hasChildren ? { 'aria-expanded': isOpen } : {})}
              aria-keyshortcuts="Shift+F10"
              tabIndex={key === stop ? 0 : -1}
              data-key={key}
              className={classes.node}
              onClick={() => onPath(node.path)}
              onFocus={() => setFocused(key)}
              onKeyDown={(event) => press(event, row)}
              onContextMenu={(event) => {
                event.preventDefault();
                setMenuOf(key);
              }}
            >
              <span
                className={classes.fold}
                style={{ marginLeft: depth * 14 }}
                onClick={(event) => {
                  if (!hasChildren) return;
                  event.stopPropagation();
                  toggle(key);
                }}
                aria-hidden="true"
              >
                {!hasChildren ? null : isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              </span>
              <span className={classes.name} data-level={node.path.length} title={nameOf(row)}>
                {nameOf(row)}
              </span>
              <span className={classes.count}> {count(node.total)} </span>
              <span className={classes.accuracy}>{percent(node.accuracy?.estimate ?? null, 0)}</span>
              <span className={classes.menu}>
                <ScopeMenu
                  scope={scope}
                  actions={actions}
                  isTabStop={key === stop}
                  opened={menuOf === key}
                  onChange={(opened) => setMenuOf(opened ? key : null)}
                />
              </span>
            </div>
          );
        })}
      </div>
    </>
  );
}
