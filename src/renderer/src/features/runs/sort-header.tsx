/** A column's head that orders the table by it. */
import { Group, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { RunColumn, RunOrder } from './run-order.ts';

export type SortHeaderProps = Readonly<{
  column: RunColumn;
  label: string;
  order: RunOrder;
  onOrder: (order: RunOrder) => void;
  right?: boolean;
  /** Pixels, or a share that grows with the table. */
  width?: number | string;
  /** Largest or newest first at the first press. */
  largestFirst?: boolean;
}>;

export function SortHeader({
  column,
  label,
  order,
  onOrder,
  right = false,
  width,
  largestFirst = false,
}: SortHeaderProps) {
  const active = order.by === column;
  const Icon = order.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      {...(width === undefined ? {} : { w: width })}
      aria-sort={active ? (order.descending ? 'descending' : 'ascending') : 'none'}
    >
      <UnstyledButton
        w="100%"
        fz="inherit"
        fw={600}
        onClick={() => onOrder({ by: column, descending: active ? !order.descending : largestFirst })}
      >
        <Group gap={4} wrap="nowrap" justify={right ? 'flex-end' : 'flex-start'} style={{ whiteSpace: 'nowrap' }}>
          {label}
          {active ? <Icon size={14} aria-hidden="true" /> : null}
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}
