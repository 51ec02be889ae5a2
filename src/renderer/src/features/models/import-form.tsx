/** The choices of an import, each with what it means: checkpoint, adapter, precision, name and place. */
import { Alert, Button, Checkbox, Code, Group, Loader, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { skipToken, keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Precision } from '../../../../shared/bundle.ts';
import type { ImportPlan } from '../../../../shared/contract/models.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { bytes, percent } from '../../components/numbers.ts';
import { FactList } from './fact-list.tsx';
import { parameters } from './model-words.ts';
import { PathField } from './path-field.tsx';

export type ImportChoice = Readonly<{
  source: string;
  name?: string;
  adapter?: string;
  precision: Precision;
  replace: boolean;
}>;

/** The contract's limit. */
const nameLimit = 100;

type Props = Readonly<{
  initialSource: string | null;
  onStart: (choice: ImportChoice) => void;
  isStarting: boolean;
}>;

export function ImportForm({ initialSource, onStart, isStarting }: Props) {
  const [source, setSource] = useState(initialSource);
  const [adapter, setAdapter] = useState<string | null>(null);
  const [precision, setPrecision] = useState<Precision>('int8');
  const [name, setName] = useState('');
  const [replace, setReplace] = useState(false);
  // The place follows from the name; the checkpoint is not read again for every letter.
  const [settledName] = useDebouncedValue(name.trim(), 300);
  const chosen =
    source === null
      ? null
      : {
          source,
          ...(adapter === null ? {} : { adapter }),
          ...(settledName === '' ? {} : { name: settledName }),
          precision,
        };
  const query = useQuery({
    ...api.models.plan.queryOptions({ input: chosen ?? skipToken }),
    placeholderData: keepPreviousData,
  });
  const plan = chosen === null || query.error !== null ? undefined : query.data;
  const blocked = plan === undefined || query.isFetching || name.trim() !== settledName || (plan.outExists && !replace);
  return (
    <Stack gap="lg" pb="lg">
      <PathField
        label="1. Checkpoint"
        description="The folder of a Hugging Face checkpoint (config.json, weights, tokenizer), or a snapshot of the Hub's cache. For released IVT-LR weights: the folder of their base model."
        action="Choose the folder…"
        value={source}
        onChange={setSource}
      />
      <PathField
        label="2. Trained weights over it (optional)"
        description="A released model.pth, or a PEFT adapter's folder; it is merged while importing."
        action="Choose the file or folder…"
        value={adapter}
        onChange={setAdapter}
        canClear
      />
      {query.error === null || chosen === null ? null : <FailureAlert failure={failureOf(query.error)} />}
      {chosen !== null && query.isPending ? (
        <Loader type="dots" role="status" aria-label="Reading the checkpoint" />
      ) : null}
      {plan === undefined ? null : (
        <>
          <FoundCheckpoint plan={plan} />
          <PrecisionChoice plan={plan} value={precision} onChange={setPrecision} />
          <Stack gap={4}>
            <TextInput
              label="4. Name (optional)"
              description="What lists and runs call it; its folder is named after it"
              placeholder={plan.name}
              maxLength={nameLimit}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <Text size="sm" mt={4}>
              It goes to
            </Text>
            <Code block>{plan.out}</Code>
            {plan.diskFreeBytes === null ? null : (
              <Text size="xs" c="dimmed">
                {bytes(plan.diskFreeBytes)} are free there.
              </Text>
            )}
            {plan.outExists ? (
              <Checkbox
                mt={4}
                label="Replace the model that is there already"
                checked={replace}
                onChange={({ currentTarget }) => setReplace(currentTarget.checked)}
              />
            ) : null}
          </Stack>
        </>
      )}
      <Group justify="flex-end">
        <Button
          disabled={blocked}
          loading={isStarting}
          onClick={() => {
            if (chosen !== null) onStart({ ...chosen, replace });
          }}
        >
          Start the import
        </Button>
      </Group>
    </Stack>
  );
}

function FoundCheckpoint({ plan }: Readonly<{ plan: ImportPlan }>) {
  return (
    <Stack gap="xs">
      <FactList
        label="The checkpoint"
        facts={[
          ['Found', plan.name],
          ['Architecture', `${plan.architecture}, ${parameters(plan.parameterCount)} parameters`],
          ['Trained for', plan.trainedFor],
          ['To be read', bytes(plan.sourceBytes)],
        ]}
      />
      {plan.notes.length === 0 ? null : (
        <Alert color="blue" variant="light">
          {plan.notes.map((note) => (
            <Text size="sm" key={note}>
              {note}
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  );
}

const meanings: Readonly<Record<Precision, string>> = {
  f32: 'The checkpoint’s numbers exactly; the reference for parity.',
  f16: 'Matrices in 16 bits, everything between them in 32; for GPUs.',
  int8: 'Matrices in 8 bits; answers may differ a little from those in f32.',
  int4: 'Language model in 4 bits, vision and head in 8; answers differ more.',
};

type PrecisionProps = Readonly<{ plan: ImportPlan; value: Precision; onChange: (value: Precision) => void }>;

function PrecisionChoice({ plan, value, onChange }: PrecisionProps) {
  return (
    <Radio.Group
      label="3. Precision"
      value={value}
      onChange={(chosen) => {
        const known = plan.precisions.find(({ precision }) => precision === chosen);
        if (known !== undefined) onChange(known.precision);
      }}
    >
      <Stack gap="sm" mt="xs">
        {plan.precisions.map(({ precision, diskBytes, memoryBytes }) => {
          const share = memoryShare(plan, memoryBytes);
          const tooLarge = memoryBytes > plan.memoryTotalBytes;
          const noRoom = plan.diskFreeBytes !== null && diskBytes > plan.diskFreeBytes;
          return (
            <Radio
              key={precision}
              value={precision}
              label={`${precision}: ${bytes(diskBytes)} on disk, about ${bytes(memoryBytes)} of memory`}
              description={
                <>
                  {meanings[precision]}
                  {precision === 'f32' || share === null ? '' : ` ${share}`}
                  {tooLarge ? ` This machine has ${bytes(plan.memoryTotalBytes)} of memory: it would not fit.` : ''}
                  {noRoom ? ' There is not enough free disk.' : ''}
                </>
              }
            />
          );
        })}
      </Stack>
    </Radio.Group>
  );
}

/** Against f32: embeddings and activations stay as they are, so that it is not simply the bits' share. */
function memoryShare({ precisions }: ImportPlan, memoryBytes: number): string | null {
  const full = precisions.find(({ precision }) => precision === 'f32')?.memoryBytes;
  return full === undefined ? null : `About ${percent(memoryBytes / full, 0)} of the memory of f32.`;
}
