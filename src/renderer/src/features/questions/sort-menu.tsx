/** The order of the list: by what, at which latent step, which end first. */
import { ActionIcon, Group, NumberInput, Select } from '@mantine/core';
import { IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import { questionOrders, type QuestionSort, stepOrders } from '../../../../shared/question-order.ts';
import { orderNames, sortOf } from './order-names.ts';

const orders = questionOrders.map((order) => ({ value: order, label: orderNames[order] }));
const inOrderOfRun: QuestionSort = { by: 'position', descending: false };

export type SortMenuProps = Readonly<{ sort: QuestionSort | null; onSort: (sort: QuestionSort | null) => void }>;

export function SortMenu({ sort, onSort }: SortMenuProps) {
  const now = sort ?? inOrderOfRun;
  const hasStep = stepOrders.includes(now.by);
  const direction = now.descending ? 'Largest first' : 'Smallest first';
  return (
    <Group gap={4} wrap="nowrap">
      <Select
        size="sm"
        w={165}
        aria-label="Sort by"
        data={orders}
        value={now.by}
        allowDeselect={false}
        comboboxProps={{ width: 200, position: 'bottom-start' }}
        maxDropdownHeight={400}
        onChange={(value) => {
          const by = questionOrders.find((order) => order === value) ?? 'position';
          onSort(sortOf({ by, descending: now.descending }));
        }}
      />
      {hasStep ? (
        <NumberInput
          size="sm"
          w={84}
          min={1}
          max={99}
          allowDecimal={false}
          aria-label="Latent step to sort by; empty: the last"
          placeholder="last step"
          value={now.stepIndex === undefined ? '' : now.stepIndex + 1}
          onChange={(value) => {
            const { by, descending } = now;
            const step = typeof value === 'number' && value >= 1 ? { stepIndex: value - 1 } : {};
            onSort({ by, descending, ...step });
          }}
        />
      ) : null}
      <ActionIcon
        variant="default"
        size={36}
        aria-label={`${direction}; turn around`}
        title={direction}
        onClick={() => onSort(sortOf({ ...now, descending: !now.descending }))}
      >
        {now.descending ? <IconSortDescending size={18} /> : <IconSortAscending size={18} />}
      </ActionIcon>
    </Group>
  );
}
