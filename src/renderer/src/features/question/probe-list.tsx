/** Before and after: the run's answer, and every try of this question. */
import { ActionIcon, Anchor, Group, Table, Text, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { Prediction, Reading, ScorerName } from '../../../../shared/prediction.ts';
import type { RunSettings } from '../../../../shared/run-settings.ts';
import { choiceLetter } from '../../../../shared/sample.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { milliseconds } from '../../components/numbers.ts';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { beginningOf } from '../../components/plain-text.ts';
import { outcomeOf } from './outcome-of.ts';
import { describeProbe } from './probe-text.ts';

export type ProbeListProps = Readonly<{
  detail: QuestionDetail;
  scorer: ScorerName;
  /** The run's own. */
  batchSize: RunSettings['batchSize'];
  shown: Probe | null;
  onShow: (probe: Probe | null) => void;
}>;

export function ProbeList({ detail, scorer, batchSize, shown, onShow }: ProbeListProps) {
  const queries = useQueryClient();
  const remove = useMutation(
    api.questions.deleteProbe.mutationOptions({
      onSuccess: ({ probeId }) => {
        if (shown?.probeId === probeId) onShow(null);
        return queries.invalidateQueries({ queryKey: api.questions.get.key() });
      },
      onError: showFailure,
    }),
  );
  const reading = detail.readings.find((candidate) => candidate.scorer === scorer) ?? null;
  return (
    <Table fz="xs" verticalSpacing={6} horizontalSpacing={6} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Settings</Table.Th>
          <Table.Th w={110}>Outcome</Table.Th>
          <Table.Th>Output</Table.Th>
          <Table.Th ta="right" w={100}>
            Time
          </Table.Th>
          <Table.Th w={40} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <AnswerRow name="the run" batchSize={batchSize} prediction={detail.prediction} reading={reading} />
        {detail.probes.map((probe) => (
          <AnswerRow
            key={probe.probeId}
            name={describeProbe(probe)}
            batchSize={1}
            prediction={probe.prediction}
            reading={probe.reading}
            chosen={probe.probeId === shown?.probeId}
            onShow={() => onShow(probe.probeId === shown?.probeId ? null : probe)}
            onDelete={() => remove.mutate({ probeId: probe.probeId })}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

const timeMeaning =
  "In a batch: the question's share of the batch's time. Alone: the whole time that it took. The two do not compare.";

type AnswerRowProps = Readonly<{
  name: string;
  batchSize: RunSettings['batchSize'];
  prediction: Prediction;
  reading: Reading | null;
  chosen?: boolean;
  onShow?: () => void;
  onDelete?: () => void;
}>;

function AnswerRow({ name, batchSize, prediction, reading, chosen = false, onShow, onDelete }: AnswerRowProps) {
  const answer = prediction.status === 'answered' ? prediction.answer : null;
  const totalMs = answer?.timings?.totalMs ?? null;
  const letter = reading?.choiceIndex ?? null;
  return (
    <Table.Tr {...(chosen ? { bg: 'var(--mantine-primary-color-light)' } : {})}>
      <Table.Td>
        {onShow === undefined ? (
          name
        ) : (
          <Tooltip label={name} multiline maw={420}>
            <Anchor
              component="button"
              type="button"
              size="xs"
              ta="left"
              maw="100%"
              lineClamp={2}
              onClick={onShow}
              aria-pressed={chosen}
            >
              {name}
            </Anchor>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <OutcomeBadge outcome={outcomeOf(prediction, reading)} />
          {letter === null ? null : choiceLetter(letter)}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="xs" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          {beginningOf(prediction.status === 'failed' ? prediction.failure.message : prediction.answer.outputText)}
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {milliseconds(totalMs)}
        {totalMs === null ? null : (
          <Tooltip label={timeMeaning} multiline maw={320}>
            <Text size="xs" c="dimmed" tabIndex={0}>
              {batchSize === 1 ? 'alone' : batchSize === 'auto' ? 'in a batch' : `in a batch of ${String(batchSize)}`}
            </Text>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>
        {onDelete === undefined ? null : (
          <ActionIcon size="sm" variant="subtle" color="gray" onClick={onDelete} aria-label={`Delete the try ${name}`}>
            <IconTrash size={14} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
