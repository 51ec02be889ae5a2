/** What the model wrote, what each scorer read in it, and how long it took. */
import { Anchor, Code, Collapse, Group, Mark, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Answer, Reading } from '../../../../shared/prediction.ts';
import { choiceLetter } from '../../../../shared/sample.ts';
import { milliseconds } from '../../components/numbers.ts';
import classes from './answer-panel.module.css';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';

export type AnswerPanelProps = Readonly<{ answer: Answer; readings: readonly Reading[]; reading: Reading | null }>;

export function AnswerPanel({ answer, readings, reading }: AnswerPanelProps) {
  const [promptShown, { toggle }] = useDisclosure(false);
  return (
    <>
      <Code block fz="sm" mah={180} style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }}>
        <Output text={answer.outputText} match={reading?.match ?? null} />
      </Code>
      <Text size="xs" c="dimmed" mt={6}>
        {describe(answer)}
      </Text>
      {readings.length === 0 ? null : <Readings readings={readings} />}
      {answer.prompt === null ? null : (
        <>
          <Anchor
            component="button"
            type="button"
            size="xs"
            mt="xs"
            display="block"
            ta="left"
            onClick={toggle}
            aria-expanded={promptShown}
          >
            {promptShown ? 'Hide the prompt' : 'Show the prompt'}
          </Anchor>
          <Collapse expanded={promptShown}>
            <Code block fz="xs" mt={6} mah={240} style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }}>
              {answer.prompt}
            </Code>
          </Collapse>
        </>
      )}
    </>
  );
}

function Output({ text, match }: Readonly<{ text: string; match: Reading['match'] }>) {
  if (text === '')
    return (
      <Text span c="dimmed" inherit>
        {'(no text)'}
      </Text>
    );
  if (match === null) return text;
  return (
    <>
      {text.slice(0, match.start)}
      <Mark className={classes.claim}>{text.slice(match.start, match.end)}</Mark>
      {text.slice(match.end)}
    </>
  );
}

function Readings({ readings }: Readonly<{ readings: readonly Reading[] }>) {
  return (
    <Table fz="xs" verticalSpacing={4} horizontalSpacing={6} mt="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Scorer</Table.Th>
          <Table.Th ta="center">Read</Table.Th>
          <Table.Th>Rule</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {readings.map(({ scorer, choiceIndex, rule, correct }) => (
          <Table.Tr key={scorer}>
            <Table.Td>{scorer}</Table.Td>
            <Table.Td ta="center">{choiceIndex === null ? '–' : choiceLetter(choiceIndex)}</Table.Td>
            <Table.Td c="dimmed">{rule}</Table.Td>
            <Table.Td ta="right">
              <Group justify="flex-end">
                <OutcomeBadge outcome={correct ? 'right' : choiceIndex === null ? 'unparsed' : 'wrong'} />
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function describe({ arSteps, outputTokenCount, finishReason, timings }: Answer): string {
  const parts = [
    arSteps === null ? null : `${String(arSteps)} AR steps`,
    outputTokenCount === null ? null : `${String(outputTokenCount)} token${outputTokenCount === 1 ? '' : 's'}`,
    finishReason === 'length' ? 'cut off at the token limit' : null,
    timings === null
      ? null
      : `${milliseconds(timings.totalMs)} (vision ${milliseconds(timings.visionMs)}, prefill ${milliseconds(timings.prefillMs)}, latent ${milliseconds(timings.latentMs)}, decoding ${milliseconds(timings.decodeMs)})`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
