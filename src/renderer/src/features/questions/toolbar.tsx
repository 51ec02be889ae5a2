/** Above the list: search, order, shape, columns, saved views; what the filter says, and what can be done with it. */
import { ActionIcon, Button, CloseButton, Group, SegmentedControl, Text } from '@mantine/core';
import { IconLayoutGrid, IconTable } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import type { QuestionSort } from '../../../../shared/question-order.ts';
import { count } from '../../components/numbers.ts';
import { type FilterChip } from './filter-chips.ts';
import { type Scope, type ScopeActions, ScopeButtons } from './scope-actions.tsx';
import { SearchBox } from './search-box.tsx';
import { SortMenu } from './sort-menu.tsx';
import classes from './toolbar.module.css';

export type ToolbarProps = Readonly<{
  search: Readonly<{ text: string; onText: (text: string) => void; inputRef: RefObject<HTMLInputElement | null> }>;
  sort: QuestionSort | null;
  onSort: (sort: QuestionSort | null) => void;
  shape: 'table' | 'gallery';
  onShape: (shape: 'table' | 'gallery') => void;
  /** Columns of the table, card size of the gallery. */
  shapeControl: ReactNode;
  views: ReactNode;
  /** Beside the tree where there is room for it; a button otherwise. */
  filterButton: ReactNode;
}>;

export function Toolbar({ search, sort, onSort, shape, onShape, shapeControl, views, filterButton }: ToolbarProps) {
  return (
    <Group gap={8} wrap="wrap">
      {filterButton}
      <SearchBox {...search} />
      <Group gap={8} wrap="nowrap" ml="auto">
        <SortMenu sort={sort} onSort={onSort} />
        {views}
        {shapeControl}
        <Group gap={0} wrap="nowrap" role="group" aria-label="Shape of the list">
          {(['table', 'gallery'] as const).map((each) => {
            const Icon = each === 'table' ? IconTable : IconLayoutGrid;
            return (
              <ActionIcon
                key={each}
                size={36}
                variant={each === shape ? 'light' : 'default'}
                aria-pressed={each === shape}
                aria-label={each === 'table' ? 'Table' : 'Gallery'}
                title={each === 'table' ? 'Table' : 'Gallery'}
                onClick={() => onShape(each)}
              >
                <Icon size={18} />
              </ActionIcon>
            );
          })}
        </Group>
      </Group>
    </Group>
  );
}

export const cardSizes = ['small', 'medium', 'large'] as const;

export function CardSizeControl({
  size,
  onSize,
}: Readonly<{ size: string; onSize: (size: (typeof cardSizes)[number]) => void }>) {
  return (
    <SegmentedControl
      size="sm"
      aria-label="Size of the cards"
      data={cardSizes.map((value) => ({ value, label: value.charAt(0).toUpperCase() }))}
      value={size}
      onChange={(value) => onSize(cardSizes.find((known) => known === value) ?? 'medium')}
    />
  );
}

export type FilterLineProps = Readonly<{
  /** `1,234 of 10,000 questions; 3 excluded` */
  counts: string;
  /** By which right and wrong are told; null before it is known. */
  scorer: string | null;
  chips: readonly FilterChip[];
  hasFilter: boolean;
  onRemove: (chip: FilterChip) => void;
  onClear: () => void;
  selected: number;
  /** Null while everything is selected. */
  onSelectAll: (() => void) | null;
  onClearSelection: () => void;
  scope: Scope;
  actions: ScopeActions;
}>;

export function FilterLine(props: FilterLineProps) {
  const {
    counts,
    scorer,
    chips,
    hasFilter,
    onRemove,
    onClear,
    selected,
    onSelectAll,
    onClearSelection,
    scope,
    actions,
  } = props;
  return (
    <div className={classes.line}>
      <Text size="sm" fw={600} role="status" flex="1 1 120px">
        <span>{counts}</span>
        {scorer === null ? null : (
          <Text span inherit fw={400} c="dimmed">
            {' '}
            · scorer {scorer}
          </Text>
        )}
      </Text>
      <Group gap={8} wrap="nowrap" ml="auto">
        {selected === 0 ? null : (
          <Group gap={4} wrap="nowrap">
            <Text size="sm">{count(selected)} selected</Text>
            {onSelectAll === null ? null : (
              <Button size="compact-xs" variant="subtle" onClick={onSelectAll}>
                Select all
              </Button>
            )}
            <Button size="compact-xs" variant="subtle" onClick={onClearSelection}>
              Select none
            </Button>
          </Group>
        )}
        <ScopeButtons scope={scope} actions={actions} />
      </Group>
      {hasFilter ? (
        <Group gap={6} w="100%" role="group" aria-label="What the filter says">
          {chips.map((chip) => (
            <span key={chip.key} className={classes.chip}>
              <span className={classes.text} title={chip.meaning}>
                {chip.label}
              </span>
              <CloseButton size={18} iconSize={12} aria-label={`Remove ${chip.label}`} onClick={() => onRemove(chip)} />
            </span>
          ))}
          <Button size="compact-xs" variant="subtle" onClick={onClear}>
            Clear all
          </Button>
        </Group>
      ) : null}
    </div>
  );
}
