/** Everything about one model: what it is, its report, and what can be done with it. */
import { Badge, Button, Code, CopyButton, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import { isLatent } from '../../../../shared/run-settings.ts';
import { api } from '../../api/queries.ts';
import { useTask } from '../../app/use-tasks.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { showFailure } from '../../components/failure-notice.ts';
import { bytes, count, counted } from '../../components/numbers.ts';
import { RunningTask } from '../../components/task-item.tsx';
import { formatRoute } from '../../routing/route.ts';
import { DeleteModel } from './delete-model.tsx';
import { FactList, type Fact } from './fact-list.tsx';
import { parameters, trainedFor } from './model-words.ts';
import { ReportFacts } from './model-report.tsx';

type Props = Readonly<{ model: KnownModel | null; modelsFolder: string; onClose: () => void }>;

export function ModelDrawer({ model, modelsFolder, onClose }: Props) {
  return (
    <Drawer opened={model !== null} onClose={onClose} position="right" size="lg" title={model?.name}>
      {model === null ? null : (
        <Details key={model.fingerprint} model={model} modelsFolder={modelsFolder} onClose={onClose} />
      )}
    </Drawer>
  );
}

function Details({ model, modelsFolder, onClose }: Readonly<{ model: KnownModel } & Omit<Props, 'model'>>) {
  const { bundle, failure, path, exists, report } = model;
  const newRun = formatRoute({ page: 'new-run', dataset: null, model: path, fromRun: null, where: [] });
  return (
    <Stack gap="lg" pb="lg">
      {failure === null ? null : <FailureAlert failure={failure} />}
      {exists ? null : (
        <Text c="dimmed">
          Nothing is at its place any more. Its runs stay; add the folder again where it lies now, or import the
          checkpoint anew.
        </Text>
      )}
      <FactList facts={factsOf(model)} label="Model" />
      {bundle === null ? null : (
        <section aria-label="Report">
          <Group justify="space-between" mb="xs">
            <Title order={3} size="h4">
              Report
            </Title>
            <CheckAgain fingerprint={model.fingerprint} label={report === null ? 'Check now' : 'Check again'} />
          </Group>
          {report === null ? (
            <Text size="sm" c="dimmed">
              It has not been checked yet. A check loads it, asks it one built-in question and measures time and memory.
            </Text>
          ) : (
            <ReportFacts report={report} />
          )}
        </section>
      )}
      <Group justify="space-between">
        {bundle === null ? (
          <span />
        ) : (
          <Button component="a" href={newRun}>
            New run with it
          </Button>
        )}
        <DeleteModel model={model} modelsFolder={modelsFolder} onDeleted={onClose} />
      </Group>
    </Stack>
  );
}

function CheckAgain({ fingerprint, label }: Readonly<{ fingerprint: string; label: string }>) {
  const queries = useQueryClient();
  const [taskId, setTaskId] = useState<string | null>(null);
  const task = useTask(taskId);
  const check = useMutation({
    ...api.models.startCheck.mutationOptions(),
    onSuccess: (started) => {
      setTaskId(started.taskId);
      return queries.invalidateQueries({ queryKey: api.tasks.key() });
    },
    onError: showFailure,
  });
  if (task?.status === 'running') {
    return (
      <Stack w={280} gap={0}>
        <RunningTask task={task} />
      </Stack>
    );
  }
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<IconRefresh size={14} />}
      loading={check.isPending}
      onClick={() => check.mutate({ fingerprint })}
    >
      {label}
    </Button>
  );
}

function factsOf({ bundle, path, sizeBytes, fingerprint, runCount }: KnownModel): Fact[] {
  const common: Fact[] = [
    ['Folder', <Code key="path">{path}</Code>],
    ['Fingerprint', <Fingerprint key="fingerprint" value={fingerprint} />],
    ['Runs', count(runCount)],
  ];
  if (bundle === null) return common;
  const { text, merged, trainedFor: goal } = bundle;
  return [
    ['Precision', bundle.precision],
    ['Trained for', isLatent(goal.method) ? `IVT-LR, ${trainedFor(goal)}, ${goal.stepLayout}` : trainedFor(goal)],
    ...(bundle.trained
      ? []
      : ([
          [
            'Weights',
            <Badge key="w" color="orange" variant="light">
              never trained
            </Badge>,
          ],
        ] as Fact[])),
    ['Adapter', merged === null ? 'none merged' : `LoRA of rank ${String(merged.rank)}, alpha ${String(merged.alpha)}`],
    ['Parameters', `${parameters(bundle.parameterCount)} (${count(bundle.parameterCount)})`],
    ['Disk', sizeBytes === null ? '–' : bytes(sizeBytes)],
    [
      'Language model',
      `${counted(text.layerCount, 'layer')}, hidden ${count(text.hiddenSize)}, ${String(text.headCount)} heads (${String(text.keyValueHeadCount)} for keys and values), vocabulary ${count(text.vocabularySize)}`,
    ],
    ...imageFacts(bundle),
    ...common,
  ];
}

function imageFacts(bundle: NonNullable<KnownModel['bundle']>): Fact[] {
  if (bundle.architecture === 'chameleon') {
    const { vision, image } = bundle;
    return [
      ['Image tokenizer', `${count(vision.placeCount)} codes, each of ${count(vision.entryCount)}`],
      ['Image', `the middle square, ${String(image.side)} × ${String(image.side)} pixels`],
    ];
  }
  const { vision, image } = bundle;
  return [
    [
      'Vision tower',
      `${counted(vision.depth, 'block')}, width ${count(vision.embedDim)}, patches of ${String(vision.patchSize)} pixels, merged ${String(vision.spatialMergeSize)} × ${String(vision.spatialMergeSize)}`,
    ],
    ['Latent image', `${String(image.latentWidth)} × ${String(image.latentHeight)} pixels`],
  ];
}

function Fingerprint({ value }: Readonly<{ value: string }>) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Code title={value}>{value.slice(0, 16)}…</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} aria-label="Copy the fingerprint">
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
