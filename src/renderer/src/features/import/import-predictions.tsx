/** A prediction file becomes a run that can be browsed: results of other programs, scored here. */
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { scorerNames, type ScorerName } from '../../../../shared/prediction.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count, counted } from '../../components/numbers.ts';
import { PathInput } from '../../components/path-input.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { navigate } from '../../routing/use-route.ts';
import { RunningTasks } from './running-tasks.tsx';

type ImportPredictionsProps = Readonly<{
  opened: boolean;
  /** Folder of the dataset that the questions come from, where it is already known. */
  dataset?: string;
  onClose: () => void;
}>;

export function ImportPredictions({ opened, dataset, onClose }: ImportPredictionsProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Import predictions" size="lg">
      <ImportForm {...(dataset === undefined ? {} : { dataset })} onClose={onClose} />
    </Modal>
  );
}

function ImportForm({ dataset: given, onClose }: Readonly<{ dataset?: string; onClose: () => void }>) {
  const queries = useQueryClient();
  const known = useQuery(api.datasets.list.queryOptions());
  const [file, setFile] = useState('');
  /** Undefined until it is chosen by hand. */
  const [chosen, setChosen] = useState<string | null | undefined>(given);
  const [settledFile] = useDebouncedValue(file.trim(), 400);
  const fit = useQuery({
    ...api.predictions.fit.queryOptions({ input: { file: settledFile } }),
    enabled: settledFile !== '',
    // What is wrong with the file is said when it is imported; half a path is not worth a word.
    retry: false,
  });
  const fitting = settledFile === '' ? [] : (fit.data?.datasets ?? []);
  const looked = fit.data?.looked ?? 0;
  const good = fitting.filter(({ matched }) => 2 * matched > looked);
  const dataset = chosen === undefined ? (good.length === 1 ? (good[0]?.path ?? null) : null) : chosen;
  const [scorer, setScorer] = useState<ScorerName>('strict');
  const [label, setLabel] = useState('');
  const importing = useMutation(
    api.predictions.import.mutationOptions({
      onSuccess: ({ runId, problems }) => {
        void queries.invalidateQueries({ queryKey: api.runs.key() });
        if (problems.length === 0) goTo(runId);
      },
    }),
  );
  const goTo = (runId: string): void => {
    onClose();
    navigate({ page: 'run', runId, tab: 'overview' });
  };
  const done = importing.data;
  if (done !== undefined && done.problems.length > 0) {
    return (
      <Stack>
        <Text>
          {counted(done.total, 'prediction')} imported. {counted(done.problems.length, 'row')} had to be mended or left
          out:
        </Text>
        <ProblemList problems={done.problems} total={done.problems.length} />
        <Group justify="flex-end">
          <Button data-autofocus onClick={() => goTo(done.runId)}>
            Go to the run
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        importing.mutate({
          file: file.trim(),
          scorer,
          ...(dataset === null ? {} : { dataset }),
          ...(label.trim() === '' ? {} : { label: label.trim() }),
        });
      }}
    >
      <Stack gap="md">
        <PathInput
          label="Prediction file"
          description="JSON Lines with messages, or a results file of M3CoT or ScienceQA"
          kind="file"
          value={file}
          onChange={setFile}
          required
          autoFocus
        />
        <Select
          label="Dataset"
          description={fitText(
            dataset,
            fit.isFetching,
            looked,
            fitting.find(({ path }) => path === dataset)?.matched ?? 0,
          )}
          placeholder="None"
          clearable
          searchable
          value={dataset}
          onChange={setChosen}
          data={options(known.data?.datasets ?? [], given)}
          nothingFoundMessage="No such dataset; open it on the datasets page first"
        />
        <Group grow align="flex-start">
          <Select
            label="Scorer"
            description="How a letter is read out of an output"
            allowDeselect={false}
            value={scorer}
            onChange={(value) => setScorer(value ?? 'strict')}
            data={scorerNames.map((value) => ({ value, label: value }))}
          />
          <TextInput
            label="Name of the run"
            description="Taken from the file where it is empty"
            maxLength={200}
            value={label}
            onChange={({ currentTarget: { value } }) => setLabel(value)}
          />
        </Group>
        {importing.isPending ? <RunningTasks kind="predictions-import" /> : null}
        {importing.error === null ? null : <FailureAlert failure={failureOf(importing.error)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={file.trim() === ''} loading={importing.isPending}>
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function fitText(dataset: string | null, isLooking: boolean, looked: number, matched: number): string {
  const what = 'Brings questions, options and pictures; without it the file’s own text is shown.';
  if (isLooking) return `${what} Looking which one fits…`;
  if (looked === 0 || dataset === null) return what;
  return `${what} It has ${count(matched)} of the file’s first ${counted(looked, 'question')}.`;
}

/** Datasets that are there, by path; the given one even if it is on no list. */
function options(
  datasets: readonly Readonly<{ name: string; path: string; exists: boolean }>[],
  given: string | undefined,
): { value: string; label: string }[] {
  const there = datasets
    .filter(({ exists }) => exists)
    .map(({ name, path }) => ({ value: path, label: `${name} – ${path}` }));
  return given === undefined || there.some(({ value }) => value === given)
    ? there
    : [{ value: given, label: given }, ...there];
}
