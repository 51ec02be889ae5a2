/** The keys that work on this page and everywhere. */
import { Group, Kbd, Modal, Stack, Table, Text, Title } from '@mantine/core';
import { Fragment } from 'react';
import { useKeySections, type ShownKey } from './keys.ts';

const keyNames: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

export function KeyHelp({ opened, onClose }: Readonly<{ opened: boolean; onClose: () => void }>) {
  const sections = useKeySections();
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="lg">
      <Stack gap="lg">
        {sections.map(({ title, bindings }) => (
          <section key={title} aria-label={title}>
            <Title order={3} size="h5" mb={4}>
              {title}
            </Title>
            <Table withRowBorders={false} verticalSpacing={4}>
              <Table.Tbody>
                {bindings.map((binding) => (
                  <Table.Tr key={binding.description}>
                    <Table.Td w={200}>
                      <Keys binding={binding} />
                    </Table.Td>
                    <Table.Td>{binding.description}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        ))}
        <Text size="sm" c="dimmed">
          Keys rest while you type in a field or a dialog is open.
        </Text>
      </Stack>
    </Modal>
  );
}

function Keys({ binding: { keys, label } }: Readonly<{ binding: ShownKey }>) {
  if (label !== undefined) return <Kbd>{label}</Kbd>;
  return (
    <Group gap={6}>
      {keys.map((each, index) => (
        <Fragment key={each}>
          {index === 0 ? null : (
            <Text size="xs" c="dimmed" component="span">
              or
            </Text>
          )}
          <Group gap={3} component="span">
            {(each === ' ' ? [each] : each.split(' ')).map((key) => (
              <Kbd key={key}>{keyNames[key] ?? key}</Kbd>
            ))}
          </Group>
        </Fragment>
      ))}
    </Group>
  );
}
