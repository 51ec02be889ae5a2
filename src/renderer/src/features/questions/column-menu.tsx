/** Which columns the table shows. */
import { ActionIcon, Checkbox, Popover, Stack, Text } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { columns, type QuestionColumn } from './columns.tsx';

export type ColumnMenuProps = Readonly<{
  chosen: readonly string[];
  /** What the window has room for. */
  fitting: readonly QuestionColumn[];
  onChosen: (ids: string[]) => void;
}>;

export function ColumnMenu({ chosen, fitting, onChosen }: ColumnMenuProps) {
  const left = chosen.filter((id) => !fitting.some((column) => column.id === id));
  return (
    <Popover position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label="Columns" title="Columns">
          <IconColumns3 size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group label="Columns" value={[...chosen]} onChange={onChosen}>
          <Stack gap={8} mt={8}>
            {columns.map(({ id, title, hint }) => (
              <Checkbox
                key={id}
                value={id}
                size="sm"
                label={left.includes(id) ? `${title} (no room)` : title}
                {...(hint === undefined ? {} : { description: hint })}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        {left.length === 0 ? null : (
          <Text size="xs" c="dimmed" mt="sm" maw={240}>
            Columns without room come back in a wider window, or when others go.
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
