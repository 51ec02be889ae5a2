/** What can be done with the runs that are ticked. */
import { Button, Group, Menu, Paper, Text } from '@mantine/core';
import { IconArrowsDiff, IconDownload, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { RunSummary } from '../../../../shared/run.ts';
import { downloadExport } from '../../api/download.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { counted } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
import { ResumeRuns } from './resume-runs.tsx';
import { DeleteRuns } from '../run/delete-runs.tsx';

export type ChosenRunsBarProps = Readonly<{ runs: readonly RunSummary[]; onClear: () => void }>;

export function ChosenRunsBar({ runs, onClear }: ChosenRunsBarProps) {
  const [deleting, setDeleting] = useState(false);
  const runIds = runs.map(({ runId }) => runId);
  const isRunning = runs.some(({ status }) => status === 'running');
  const exportAll = async (kind: 'questions' | 'categories'): Promise<void> => {
    for (const runId of runIds) await downloadExport(kind, [runId]);
  };
  return (
    <Paper withBorder px="md" py={6} role="region" aria-label="Chosen runs">
      <Group gap="sm">
        <Text size="sm" fw={550}>
          {counted(runs.length, 'run')} chosen
        </Text>
        <Button
          component="a"
          href={formatRoute({ page: 'compare', runIds, scorer: null })}
          size="compact-sm"
          leftSection={<IconArrowsDiff size={14} />}
        >
          Compare
        </Button>
        <ResumeRuns runs={runs} />
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void downloadExport('methods', runIds).catch(showFailure)}>
              Table of methods (CSV)
            </Menu.Item>
            <Menu.Item onClick={() => void exportAll('questions').catch(showFailure)}>
              Questions of each (CSV)
            </Menu.Item>
            <Menu.Item onClick={() => void exportAll('categories').catch(showFailure)}>
              Categories of each (CSV)
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          size="compact-sm"
          variant="default"
          color="red"
          disabled={isRunning}
          title={isRunning ? 'Pause what still runs first' : undefined}
          leftSection={<IconTrash size={14} />}
          onClick={() => setDeleting(true)}
        >
          Delete…
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          Clear
        </Button>
      </Group>
      <DeleteRuns runs={deleting ? runs : []} onClose={() => setDeleting(false)} onDeleted={onClear} />
    </Paper>
  );
}
