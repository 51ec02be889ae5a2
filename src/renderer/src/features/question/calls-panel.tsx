/** The calls of a method that asks in words, one after the other: what was new to the model, and what it wrote. */
import { Anchor, Badge, Box, Collapse, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import type { ModelCall, Trace } from '../../../../shared/trace.ts';
import { lazyPart } from '../../app/lazy-page.ts';
import { count } from '../../components/numbers.ts';
import { plainText } from '../../components/plain-text.ts';
import { ScrolledText } from './scrolled-text.tsx';
import { callPrompts, type CallPrompt } from './call-prompts.ts';
import { callTitle, describeCall, finishWords } from './call-text.ts';
import { RemarksList } from './remarks-list.tsx';

// The charts' library is large; the texts do not wait for it.
const CallAttention = lazyPart(() => import('./call-attention.tsx'));

export type CallsPanelProps = Readonly<{
  trace: Pick<Trace, 'calls' | 'remarks' | 'regions'>;
  /** Whose they are: the question's id. */
  name: string;
}>;

export function CallsPanel({ trace: { calls, remarks, regions }, name }: CallsPanelProps) {
  const prompts = callPrompts(calls);
  return (
    <Stack gap="sm">
      <RemarksList remarks={remarks.filter(({ callIndex }) => callIndex === null)} namesCalls={false} />
      {calls.map((call, index) => (
        <Paper withBorder p="sm" key={call.callIndex} component="section" aria-label={callTitle(call)}>
          <Group gap="xs" mb={6}>
            <Title order={3} size="h6">
              {callTitle(call)}
            </Title>
            <Badge size="sm" radius="sm" variant="light" color="gray" tt="none">
              {finishWords[call.finishReason]}
            </Badge>
            {regions.map((region, number) =>
              region.callIndex === call.callIndex ? (
                <Badge size="sm" radius="sm" variant="outline" color="gray" tt="none" key={number}>
                  asked for region {number + 1}
                </Badge>
              ) : null,
            )}
          </Group>
          <RemarksList remarks={remarks.filter(({ callIndex }) => callIndex === call.callIndex)} namesCalls={false} />
          <Asked call={call} prompt={prompts[index] ?? { added: call.prompt, after: null }} />
          <Text size="xs" c="dimmed" mt="xs" mb={2}>
            Written
          </Text>
          <ScrolledText name={`Output of call ${String(call.callIndex + 1)}`} maxHeight={220}>
            {call.outputText === '' ? '(no text)' : plainText(call.outputText)}
          </ScrolledText>
          <Text size="xs" c="dimmed" mt={6}>
            {describeCall(call)}
          </Text>
          {call.visionMasses.length < 2 ? null : (
            <Box mt="xs">
              <Suspense fallback={<Skeleton h={250} />}>
                <CallAttention call={call} name={name} />
              </Suspense>
            </Box>
          )}
        </Paper>
      ))}
    </Stack>
  );
}

/** Prompts longer than this fold. */
const shownLength = 360;

function Asked({ call, prompt: { added, after } }: Readonly<{ call: ModelCall; prompt: CallPrompt }>) {
  const [wholeShown, { toggle }] = useDisclosure(false);
  const [open, { toggle: unfold }] = useDisclosure(false);
  const isLong = added.length > shownLength * 1.25;
  const number = String(call.callIndex + 1);
  return (
    <>
      <Text size="xs" c="dimmed" mb={2}>
        {after === null ? 'Asked' : `Asked, going on from call ${String(after + 1)}`}
      </Text>
      <ScrolledText name={`What was new in the prompt of call ${number}`} maxHeight={300}>
        {plainText(isLong && !open ? `${added.slice(0, shownLength).trimEnd()}…` : added)}
      </ScrolledText>
      <Group gap="md" mt={4}>
        {isLong ? (
          <Anchor component="button" type="button" size="xs" onClick={unfold} aria-expanded={open}>
            {open ? 'Show less' : `Show all ${count(added.length)} characters`}
          </Anchor>
        ) : null}
        {after === null ? null : (
          <Anchor component="button" type="button" size="xs" onClick={toggle} aria-expanded={wholeShown}>
            {wholeShown ? 'Hide the whole prompt' : `Show the whole prompt of call ${number}`}
          </Anchor>
        )}
      </Group>
      <Collapse expanded={wholeShown}>
        <Box mt={6}>
          <ScrolledText name={`Whole prompt of call ${number}`} maxHeight={300}>
            {plainText(call.prompt)}
          </ScrolledText>
        </Box>
      </Collapse>
    </>
  );
}
