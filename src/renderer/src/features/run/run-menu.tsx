/** What can be done with a run: repeat, compare, export, pack, delete. Used by the run's page and the list. */
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowsDiff,
  IconCopy,
  IconDots,
  IconDownload,
  IconPackage,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunSummary } from '../../../../shared/run.ts';
import { downloadExport } from '../../api/download.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { formatRoute } from '../../routing/route.ts';
import { DeleteRuns } from './delete-runs.tsx';
import { usePackRun } from './use-pack-run.ts';
import { runTitle } from './run-title.ts';

export type RunMenuProps = Readonly<{
  run: RunSummary;
  /** In the list: pause, resume and rename are here, too. */
  onRename?: () => void;
  onDeleted?: () => void;
}>;

export function RunMenu({ run, onRename, onDeleted }: RunMenuProps) {
  const [deleting, setDeleting] = useState(false);
  const queries = useQueryClient();
  const settled = () => queries.invalidateQueries({ queryKey: api.runs.key() });
  const pause = useMutation(api.runs.pause.mutationOptions({ onSettled: settled, onError: showFailure }));
  const resume = useMutation(api.runs.resume.mutationOptions({ onSettled: settled, onError: showFailure }));
  const pack = usePackRun();
  const { runId, kind, status } = run;
  const inList = onRename !== undefined;
  const newRun = { page: 'new-run', dataset: null, model: null, fromRun: runId, where: [] } as const;
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon
            variant={inList ? 'subtle' : 'default'}
            color="gray"
            size="lg"
            aria-label={`Actions for ${runTitle(run)}`}
          >
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {inList && status === 'running' ? (
            <Menu.Item
              leftSection={<IconPlayerPause size={16} />}
              onClick={() => pause.mutate({ runId, force: false })}
            >
              Pause
            </Menu.Item>
          ) : null}
          {inList && kind === 'evaluation' && !['running', 'finished'].includes(status) ? (
            <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => resume.mutate({ runId })}>
              Resume
            </Menu.Item>
          ) : null}
          {inList ? (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={onRename}>
              Rename…
            </Menu.Item>
          ) : null}
          {kind === 'evaluation' ? (
            <Menu.Item component="a" href={formatRoute(newRun)} leftSection={<IconCopy size={16} />}>
              Repeat with other settings…
            </Menu.Item>
          ) : null}
          <Menu.Item
            component="a"
            href={formatRoute({ page: 'compare', runIds: [runId], scorer: null })}
            leftSection={<IconArrowsDiff size={16} />}
          >
            Compare with…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>Export</Menu.Label>
          {(['questions', 'categories', 'patches', 'regions', 'jsonl'] as const).map((name) => (
            <Menu.Item
              key={name}
              leftSection={<IconDownload size={16} />}
              onClick={() => void downloadExport(name, [runId]).catch(showFailure)}
            >
              {exportNames[name]}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconPackage size={16} />} onClick={() => pack.mutate({ runId })}>
            Pack as one file
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={status === 'running'}
            onClick={() => setDeleting(true)}
          >
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteRuns
        runs={deleting ? [run] : []}
        onClose={() => setDeleting(false)}
        {...(onDeleted === undefined ? {} : { onDeleted })}
      />
    </>
  );
}

const exportNames = {
  questions: 'Questions (CSV)',
  categories: 'Categories (CSV)',
  patches: 'Patches (CSV)',
  regions: 'Regions (CSV)',
  jsonl: 'Predictions (JSON Lines)',
} as const;
