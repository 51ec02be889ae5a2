/** An import from its choices to its report. It goes on in the core when this closes; the task tray has it then. */
import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import type { Task } from '../../../../shared/task.ts';
import { api } from '../../api/queries.ts';
import { useTask } from '../../app/use-tasks.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { showFailure } from '../../components/failure-notice.ts';
import { RunningTask } from '../../components/task-item.tsx';
import { formatRoute } from '../../routing/route.ts';
import { ImportForm } from './import-form.tsx';
import { ReportFacts } from './model-report.tsx';

type Props = Readonly<{
  opened: boolean;
  /** A checkpoint that is chosen already. */
  source: string | null;
  onClose: () => void;
  models: readonly KnownModel[];
}>;

export function ImportDrawer({ opened, source, onClose, models }: Props) {
  // What is being closed keeps its content until it is gone.
  const [shownSource, setShownSource] = useState(source);
  if (opened && source !== shownSource) setShownSource(source);
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title="Import a checkpoint">
      <ImportSteps key={shownSource} source={shownSource} onClose={onClose} models={models} />
    </Drawer>
  );
}

function ImportSteps({ source, onClose, models }: Omit<Props, 'opened'>) {
  const queries = useQueryClient();
  const [started, setStarted] = useState<Task | null>(null);
  const known = useTask(started?.taskId ?? null);
  const task = known ?? started;
  const start = useMutation({
    ...api.models.startImport.mutationOptions(),
    onSuccess: (begun) => {
      setStarted(begun);
      return queries.invalidateQueries({ queryKey: api.tasks.key() });
    },
    onError: showFailure,
  });
  const again = (): void => setStarted(null);
  // Hidden, not gone, while an import runs: after a failure the choices are still there.
  return (
    <>
      <div hidden={task !== null}>
        <ImportForm initialSource={source} onStart={(choice) => start.mutate(choice)} isStarting={start.isPending} />
      </div>
      {task === null ? null : <ImportTask task={task} models={models} onAgain={again} onClose={onClose} />}
    </>
  );
}

type TaskProps = Readonly<{ task: Task; models: readonly KnownModel[]; onAgain: () => void; onClose: () => void }>;

function ImportTask({ task, models, onAgain, onClose }: TaskProps) {
  if (task.status === 'running') {
    return (
      <Stack>
        <RunningTask task={task} />
        <Text size="sm" c="dimmed">
          You can close this: the import goes on, and the tray above shows it. Cancelled, it leaves nothing behind.
        </Text>
      </Stack>
    );
  }
  if (task.status !== 'done') {
    return (
      <Stack>
        {task.failure === null ? <Text>The import was cancelled; nothing was left.</Text> : null}
        {task.failure === null ? null : <FailureAlert failure={task.failure} />}
        <Group justify="flex-end">
          <Button onClick={onAgain}>Back to the choices</Button>
        </Group>
      </Stack>
    );
  }
  const model = models.find(({ fingerprint }) => fingerprint === task.result?.modelFingerprint);
  return (
    <Stack>
      <Title order={3} size="h4">
        {model?.name ?? task.title}
      </Title>
      <Text>{task.result?.summary}</Text>
      {model === undefined || model.report === null ? null : <ReportFacts report={model.report} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>
          Import another
        </Button>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
        {model === undefined ? null : (
          <Button
            component="a"
            href={formatRoute({ page: 'new-run', dataset: null, model: model.path, fromRun: null, where: [] })}
            leftSection={<IconPlayerPlay size={16} />}
          >
            Evaluate…
          </Button>
        )}
      </Group>
    </Stack>
  );
}
