/** Asks what of a run to export and hands the prepared file to the browser as a download. */
import { Alert, Anchor, Button, Checkbox, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { exportKinds } from '../../../../shared/contract/system.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { failureOf } from '../../api/client.ts';
import { download } from '../../api/download.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count, counted } from '../../components/numbers.ts';

type ExportKind = (typeof exportKinds)[number];

const kinds: readonly (readonly [ExportKind, string, string])[] = [
  [
    'questions',
    'Questions (CSV)',
    'One row for each question: its text, the output, the outcome and what each scorer read, times, masses by step, tags and your note',
  ],
  [
    'categories',
    'Categories (CSV)',
    'One row for each domain, topic and category: counts, accuracy and its 95 % interval',
  ],
  [
    'patches',
    'Patches (CSV)',
    'One row for each patch that a latent step selected: slot, rank, score, and its box in pixels of the picture',
  ],
  [
    'regions',
    'Regions (CSV)',
    'One row for each part of a picture that the model asked to see larger: the box as asked and as shown, in pixels of the picture',
  ],
  [
    'jsonl',
    'Predictions (JSON Lines)',
    'One object for each question, with prompt and output, in the shape that M3CoT publishes; it can be imported again',
  ],
];

/** Questions that could be exported: everything, a filter, a selection. */
export type ExportScope = Readonly<{ label: string; where: readonly string[]; count: number }>;

export type ExportDialogProps = Readonly<{
  runId: string;
  scorer: ScorerName | null;
  /** The first is chosen at first. */
  scopes: readonly ExportScope[];
  onClose: () => void;
}>;

export function ExportDialog({ runId, scorer, scopes, onClose }: ExportDialogProps) {
  const [kind, setKind] = useState<ExportKind>('questions');
  const [withManifest, setWithManifest] = useState(true);
  const [scopeIndex, setScopeIndex] = useState(0);
  const scope = scopes[scopeIndex];
  const prepare = useMutation(
    api.exports.prepare.mutationOptions({ onSuccess: ({ url, fileName }) => download(url, fileName) }),
  );
  const { data } = prepare;
  return (
    <Modal opened onClose={onClose} title={`Export ${scope?.label ?? ''}`} size="lg">
      <Stack gap="md">
        {scopes.length < 2 ? null : (
          <Select
            label="Questions"
            data={scopes.map(({ label, count: n }, index) => ({
              value: String(index),
              label: `${label} (${count(n)})`,
            }))}
            value={String(scopeIndex)}
            allowDeselect={false}
            onChange={(value) => {
              setScopeIndex(Number(value));
              prepare.reset();
            }}
          />
        )}
        <Radio.Group
          label="What"
          value={kind}
          onChange={(value) => {
            setKind(kinds.find(([name]) => name === value)?.[0] ?? 'questions');
            prepare.reset();
          }}
        >
          <Stack gap="xs" mt={6}>
            {kinds.map(([name, label, description]) => (
              <Radio key={name} value={name} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <Checkbox
          checked={withManifest}
          label="With the manifest"
          description="A zip of the file and a description of what made it: model, dataset, settings, filter, versions"
          onChange={({ currentTarget }) => {
            setWithManifest(currentTarget.checked);
            prepare.reset();
          }}
        />
        {scope?.count === 0 ? (
          <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden="true" />}>
            No question passes this filter, so there is nothing to export. Close this and change or clear the filter.
          </Alert>
        ) : null}
        {prepare.error === null ? null : <FailureAlert failure={failureOf(prepare.error)} />}
        {data === undefined ? null : (
          <Text size="sm" role="status">
            {counted(data.rowCount, 'row')}:{' '}
            <Anchor href={data.url} download={data.fileName}>
              {data.fileName}
            </Anchor>
            {data.rowCount === 0
              ? '. The file has a header only: none of these answers has what its rows are made of.'
              : ''}
          </Text>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {data === undefined ? 'Cancel' : 'Close'}
          </Button>
          <Button
            loading={prepare.isPending}
            disabled={scope === undefined || scope.count === 0}
            onClick={() =>
              prepare.mutate({
                kind,
                runIds: [runId],
                where: [...(scope?.where ?? [])],
                withManifest,
                ...(scorer === null ? {} : { scorer }),
              })
            }
          >
            Download
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
