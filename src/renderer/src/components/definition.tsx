/** A "?" that says how a figure is defined. */
import { ActionIcon, Popover, Text } from '@mantine/core';
import { IconQuestionMark } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export function Definition({ of, children }: Readonly<{ of: string; children: ReactNode }>) {
  return (
    <Popover width={380} withArrow shadow="md" position="bottom">
      <Popover.Target>
        <ActionIcon variant="default" size="sm" radius="xl" aria-label={`What is ${of}?`}>
          <IconQuestionMark size={14} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" component="div">
          {children}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
