/** Around every part of a run: its name and state, what can be done with it, the parts as tabs. */
import { Alert, Anchor, Breadcrumbs, Container, Group, Stack, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { questionsDone, type RunSummary } from '../../../../shared/run.ts';
import { useRunProgress } from '../../api/run-progress.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { ImportedBadge } from '../../components/imported-badge.tsx';
import { RandomWeightsBadge } from '../../components/random-weights-badge.tsx';
import { RunStatusBadge } from '../../components/run-status-badge.tsx';
import { formatRoute, type RunTab } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { RunControls } from './run-controls.tsx';
import { RunMenu } from './run-menu.tsx';
import { RunName } from './run-name.tsx';
import { RunNotes } from './run-notes.tsx';
import { RunProgressBar } from './run-progress-bar.tsx';
import { RunTabs } from './run-tabs.tsx';
import { useRun } from './use-run.ts';

export type RunFrameProps = Readonly<{ runId: string; tab: RunTab; scorer: string | null; children: ReactNode }>;

export function RunFrame({ runId, tab, scorer, children }: RunFrameProps) {
  const query = useRun(runId);
  return (
    <Container size={1680} py="md" px="lg">
      <QueryGate query={query}>
        {({ run }) => (
          <Stack gap="sm">
            <RunHead run={run} />
            <RunTabs
              runId={runId}
              tab={tab}
              total={questionsDone(run)}
              method={run.settings?.method ?? null}
              scorer={scorer}
            />
            {children}
          </Stack>
        )}
      </QueryGate>
    </Container>
  );
}

function RunHead({ run }: Readonly<{ run: RunSummary }>) {
  const heard = useRunProgress(run.runId);
  const progress = run.status === 'running' && heard?.status === 'running' ? heard : null;
  return (
    <Stack gap={8}>
      <div>
        <Breadcrumbs mb={2}>
          <Anchor href={formatRoute({ page: 'runs' })} size="sm">
            Runs
          </Anchor>
          <Text size="sm" c="dimmed" ff="monospace">
            {run.runId}
          </Text>
        </Breadcrumbs>
        <Group justify="space-between" gap="md" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <RunName run={run} key={run.runId} />
            <RunStatusBadge status={run.status} phase={progress?.phase ?? null} />
            <ImportedBadge run={run} />
            <RandomWeightsBadge run={run} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <RunControls run={run} />
            <RunMenu run={run} onDeleted={() => navigate({ page: 'runs' })} />
          </Group>
        </Group>
      </div>
      <RunNotes run={run} />
      <RunProgressBar run={run} heard={heard} />
      <Trouble run={run} />
    </Stack>
  );
}

/** Why a run does not go on, and what to do. */
function Trouble({ run }: Readonly<{ run: RunSummary }>) {
  if (run.failure !== null) return <FailureAlert failure={withNextStep(run, run.failure)} />;
  if (run.status !== 'interrupted') return null;
  return (
    <Alert color="orange" variant="light" icon={<IconPlugConnectedX />} title="The run was interrupted">
      The process that worked on it has ended. {count(questionsDone(run))} of {count(run.planned)} questions are
      answered and kept; Resume goes on with the rest.
    </Alert>
  );
}

function withNextStep(
  run: RunSummary,
  failure: NonNullable<RunSummary['failure']>,
): NonNullable<RunSummary['failure']> {
  if (run.status !== 'paused') return failure;
  const kept = `What was answered is kept (${count(questionsDone(run))} of ${count(run.planned)}); Resume tries again.`;
  return { ...failure, action: failure.action === undefined ? kept : `${capitalised(failure.action)}. ${kept}` };
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}`;
