/** A failure where the data should be: what, where, what to do; all of it can be copied. */
import { Alert, Button, Code, CopyButton, Stack, Text } from '@mantine/core';
import type { Failure } from '../../../shared/failure.ts';

const details: readonly (readonly [string, (failure: Failure) => string | undefined])[] = [
  ['File', ({ file }) => file],
  ['Place', ({ place }) => place],
  ['Expected', ({ expected }) => expected],
  ['Found', ({ found }) => found],
];

export function FailureAlert({ failure }: Readonly<{ failure: Failure }>) {
  const known = details.flatMap(([name, value]) => {
    const text = value(failure);
    return text === undefined ? [] : [[name, text] as const];
  });
  const report = [`${failure.message} (${failure.kind})`, ...known.map(([name, text]) => `${name}: ${text}`)].join(
    '\n',
  );
  return (
    <Alert color="red" variant="light" title={failure.message} role="alert">
      <Stack gap={4} align="flex-start">
        {known.map(([name, text]) => (
          <Text size="sm" key={name}>
            {name}: <Code>{text}</Code>
          </Text>
        ))}
        {failure.action === undefined ? null : <Text size="sm">{failure.action}</Text>}
        <CopyButton value={report}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" mt={4} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  );
}
