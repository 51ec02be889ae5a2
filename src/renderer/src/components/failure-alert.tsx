/** A failure where the data should be: what, where, what to do. */
import { Alert, Code, Stack, Text } from '@mantine/core';
import type { Failure } from '../../../shared/failure.ts';

const details: readonly (readonly [string, (failure: Failure) => string | undefined])[] = [
  ['File', ({ file }) => file],
  ['Place', ({ place }) => place],
  ['Expected', ({ expected }) => expected],
  ['Found', ({ found }) => found],
];

export function FailureAlert({ failure }: Readonly<{ failure: Failure }>) {
  return (
    <Alert color="red" variant="light" title={failure.message} role="alert">
      <Stack gap={4}>
        {details.map(([name, value]) => {
          const text = value(failure);
          return text === undefined ? null : (
            <Text size="sm" key={name}>
              {name}: <Code>{text}</Code>
            </Text>
          );
        })}
        {failure.action === undefined ? null : <Text size="sm">{failure.action}</Text>}
      </Stack>
    </Alert>
  );
}
