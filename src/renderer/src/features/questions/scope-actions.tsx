/** What can be done with the questions of a filter, a selection or a category: run again, tag, export, copy ids. */
import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconClipboard, IconDots, IconDownload, IconPlayerPlay, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { count } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
import { ExportDialog } from '../export/export-dialog.tsx';
import { idsBetween } from './question-list.ts';
import { TagDialog } from './tag-dialog.tsx';

/** Some questions of a run. */
export type Scope = Readonly<{
  /** `12 selected`, `all 345 of the filter`, `science`. */
  label: string;
  where: readonly string[];
  count: number;
}>;

export type ScopeActions = Readonly<{
  runAgainHref: (scope: Scope) => string;
  tag: (scope: Scope) => void;
  exportData: (scope: Scope) => void;
  copyIds: (scope: Scope) => void;
}>;

/** The actions, and the dialogs that they open, to be put anywhere on the page. */
export function useScopeActions(runId: string, scorer: ScorerName | null) {
  const [tagging, setTagging] = useState<Scope | null>(null);
  const [exporting, setExporting] = useState<Scope | null>(null);
  const copyIds = async ({ where, count: total }: Scope): Promise<void> => {
    const ids = await idsBetween({ runId, where, sort: null, scorer }, 0, total - 1);
    await navigator.clipboard.writeText(ids.join('\n'));
    notifications.show({ message: `${count(ids.length)} ids copied, one a line.` });
  };
  const actions: ScopeActions = {
    runAgainHref: ({ where }) =>
      formatRoute({ page: 'new-run', dataset: null, model: null, fromRun: runId, where: [...where] }),
    tag: setTagging,
    exportData: setExporting,
    copyIds: (scope) => void copyIds(scope).catch(showFailure),
  };
  const dialogs = (
    <>
      {tagging === null ? null : (
        <TagDialog runId={runId} scorer={scorer} scope={tagging} onClose={() => setTagging(null)} />
      )}
      {exporting === null ? null : (
        <ExportDialog runId={runId} scorer={scorer} scopes={[exporting]} onClose={() => setExporting(null)} />
      )}
    </>
  );
  return { actions, dialogs };
}

type ScopeProps = Readonly<{ scope: Scope; actions: ScopeActions }>;

export function ScopeButtons({ scope, actions }: ScopeProps) {
  const disabled = scope.count === 0;
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={`Actions for ${scope.label}`}>
      <Button
        component="a"
        href={actions.runAgainHref(scope)}
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        {...(disabled ? { 'data-disabled': true } : {})}
      >
        Run again
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconTag size={14} />}
        disabled={disabled}
        onClick={() => actions.tag(scope)}
      >
        Tag…
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} />}
        disabled={disabled}
        onClick={() => actions.exportData(scope)}
      >
        Export…
      </Button>
      <ActionIcon
        variant="default"
        size={26}
        disabled={disabled}
        aria-label="Copy ids"
        title="Copy ids"
        onClick={() => actions.copyIds(scope)}
      >
        <IconClipboard size={14} />
      </ActionIcon>
    </Group>
  );
}

export type ScopeMenuProps = ScopeProps &
  Readonly<{
    /** Whether Tab comes to its button. */
    isTabStop: boolean;
    opened: boolean;
    onChange: (opened: boolean) => void;
  }>;

/** The same as a small menu, at a node of the category tree. */
export function ScopeMenu({ scope, actions, isTabStop, opened, onChange }: ScopeMenuProps) {
  return (
    <Menu position="bottom-start" width={230} withinPortal opened={opened} onChange={onChange}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={22}
          tabIndex={isTabStop ? 0 : -1}
          title="Run again, tag, export (Shift+F10)"
          aria-label={`Actions for ${scope.label}`}
          onClick={(event) => event.stopPropagation()}
        >
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
        <Menu.Label>{scope.label}</Menu.Label>
        <Menu.Item component="a" href={actions.runAgainHref(scope)} leftSection={<IconPlayerPlay size={16} />}>
          Run again with other settings…
        </Menu.Item>
        <Menu.Item leftSection={<IconTag size={16} />} onClick={() => actions.tag(scope)}>
          Tag…
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => actions.exportData(scope)}>
          Export…
        </Menu.Item>
        <Menu.Item leftSection={<IconClipboard size={16} />} onClick={() => actions.copyIds(scope)}>
          Copy ids
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
