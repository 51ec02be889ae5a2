/** The options of a question, with the gold one and the one that was read in the output. */
import { Badge, Box, Group, Paper, Stack, Text } from '@mantine/core';
import { choiceLetter } from '../../../../shared/sample.ts';
import { LongText } from '../../components/long-text.tsx';

export type OptionsListProps = Readonly<{
  choices: readonly string[];
  goldIndex: number | null;
  readIndex: number | null;
}>;

export function OptionsList({ choices, goldIndex, readIndex }: OptionsListProps) {
  return (
    <Stack gap={6}>
      {choices.map((choice, index) => {
        const gold = index === goldIndex;
        const read = index === readIndex;
        return (
          <Paper
            key={choiceLetter(index)}
            withBorder
            px="sm"
            py={6}
            {...(gold || read ? { bg: `var(--mantine-color-${gold ? 'teal' : 'orange'}-light)` } : {})}
          >
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Group gap={6} wrap="nowrap" align="baseline" miw={0} flex={1}>
                <Text size="sm" fw={650}>
                  {choiceLetter(index)}
                </Text>
                <Box flex={1} miw={0}>
                  <LongText name={`Option ${choiceLetter(index)}`} text={choice} shownLength={300} size="sm" />
                </Box>
              </Group>
              <Group gap={4} wrap="nowrap">
                {read ? (
                  <Badge size="xs" radius="sm" color={gold ? 'teal' : 'orange'}>
                    answered
                  </Badge>
                ) : null}
                {gold ? (
                  <Badge size="xs" radius="sm" color="teal.9">
                    gold
                  </Badge>
                ) : null}
              </Group>
            </Group>
          </Paper>
        );
      })}
    </Stack>
  );
}
