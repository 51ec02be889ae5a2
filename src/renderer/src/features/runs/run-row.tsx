/** A run in the list: what it is, how far it is, how it did. */
import { Anchor, Checkbox, Group, Progress, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { ranOn } from '../../../../shared/engine-places.ts';
import { describeMethod } from '../../../../shared/run-settings.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { wilsonInterval } from '../../../../shared/wilson-interval.ts';
import { answeredCount, useRunProgress } from '../../api/run-progress.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, counted, dateTime, duration, milliseconds, percent } from '../../components/numbers.ts';
import { rowLink } from '../../components/row-link.ts';
import { ImportedBadge } from '../../components/imported-badge.tsx';
import { RandomWeightsBadge } from '../../components/random-weights-badge.tsx';
import { RunStatusBadge } from '../../components/run-status-badge.tsx';
import { formatRoute } from '../../routing/route.ts';
import { RunMenu } from '../run/run-menu.tsx';
import { runTitle } from '../run/run-title.ts';
import { RenameRun } from './rename-run.tsx';

export type RunRowProps = Readonly<{
  run: RunSummary;
  /** Which of the runs of its title it is. */
  number: number;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}>;

export function RunRow({ run, number, chosen, onChoose }: RunRowProps) {
  const [renaming, setRenaming] = useState(false);
  const href = formatRoute({ page: 'run', runId: run.runId, tab: 'overview' });
  const { settings } = run;
  const place = ranOn(run);
  const title = number === 1 ? runTitle(run) : `${runTitle(run)} #${String(number)}`;
  const method = settings === null ? null : describeMethod(settings.method);
  return (
    <Table.Tr {...rowLink(href)} {...(chosen ? { bg: 'var(--mantine-primary-color-light)' } : {})}>
      <Table.Td onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="xs"
          aria-label={`Choose ${title}`}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td>
        <Anchor href={href} fw={550} size="sm" lineClamp={2} title={title}>
          {title}
        </Anchor>
        <Group gap={4}>
          <ImportedBadge run={run} />
          <RandomWeightsBadge run={run} />
        </Group>
        {run.where.length === 0 ? null : (
          <Text size="xs" c="dimmed" truncate title={run.where.join(' ')}>
            {run.where.join(' ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm" lineClamp={3} title={run.modelName ?? ''} style={{ overflowWrap: 'anywhere' }}>
          {run.modelName ?? '–'}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" lineClamp={2} title={run.datasetPath ?? ''} style={{ overflowWrap: 'anywhere' }}>
          {run.datasetName ?? '–'}
        </Text>
        {run.split === null ? null : (
          <Text size="xs" c="dimmed" truncate>
            {run.split}
          </Text>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {method?.title ?? '–'}
        {settings !== null && method?.isLatent === true ? (
          <Text size="xs" c="dimmed" truncate title={settings.intervention}>
            {`N ${String(settings.latentSteps)}, K ${String(settings.patchesPerStep)}`}
            {settings.intervention === 'none' ? null : (
              <>
                <br />
                {settings.intervention}
              </>
            )}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td>
        <RunState run={run} />
      </Table.Td>
      <Table.Td ta="right">
        <Text size="sm" fw={550} inherit>
          {percent(run.accuracy)}
        </Text>
        <Accuracy run={run} />
      </Table.Td>
      <Table.Td ta="right">{run.arStepsMean?.toFixed(2) ?? '–'}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {run.secondsPerQuestionMean === null ? '–' : milliseconds(1000 * run.secondsPerQuestionMean)}
        <Text size="xs" c="dimmed" lineClamp={3} title={place ?? ''} style={{ whiteSpace: 'normal' }}>
          {place}
        </Text>
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Text size="xs" title={dateTime(run.createdAt)}>
          {new Date(run.createdAt).toLocaleDateString(undefined, { dateStyle: 'medium' })}
        </Text>
        <Text size="xs" c="dimmed">
          {new Date(run.createdAt).toLocaleTimeString(undefined, { timeStyle: 'short' })}
        </Text>
      </Table.Td>
      <Table.Td onClick={(event) => event.stopPropagation()}>
        <RunMenu run={run} onRename={() => setRenaming(true)} />
        {renaming ? <RenameRun run={run} onClose={() => setRenaming(false)} /> : null}
      </Table.Td>
    </Table.Tr>
  );
}

function Accuracy({ run }: Readonly<{ run: RunSummary }>) {
  const interval = wilsonInterval(run.correct, run.total);
  if (interval === null) return null;
  return (
    <div
      style={{ display: 'flex', justifyContent: 'flex-end' }}
      title={`${count(run.correct)} of ${count(run.total)} by ${run.scorer}`}
    >
      <IntervalBar interval={interval} />
    </div>
  );
}

function RunState({ run }: Readonly<{ run: RunSummary }>) {
  const progress = useRunProgress(run.runId);
  const live = run.status === 'running' && progress?.status === 'running' ? progress : null;
  const done = answeredCount(run, progress);
  return (
    <>
      <RunStatusBadge status={run.status} phase={live?.phase ?? null} />
      {run.status === 'finished' ? (
        <Text size="xs" c="dimmed">
          {counted(done, 'question')}
          {run.excluded === 0 ? null : (
            <>
              <br />
              {count(run.excluded)} excluded
            </>
          )}
        </Text>
      ) : (
        <>
          <Progress
            value={(100 * done) / Math.max(1, run.planned)}
            size="xs"
            mt={4}
            color={run.status === 'running' ? 'violet' : 'gray'}
            aria-label={`Answered ${count(done)} of ${count(run.planned)}`}
          />
          <Text size="xs" c="dimmed">
            {count(done)} / {count(run.planned)}
            {typeof live?.secondsLeft === 'number' ? `, ${duration(live.secondsLeft)} left` : ''}
          </Text>
        </>
      )}
    </>
  );
}
