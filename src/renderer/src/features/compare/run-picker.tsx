/** Which runs are compared, and which of them the others are measured against. */
import { Card, Grid, MultiSelect, Select, type ComboboxItem } from '@mantine/core';
import { scorerNames } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { count, dateTime, percent } from '../../components/numbers.ts';
import { runTitle } from '../run/run-title.ts';

export type RunPickerProps = Readonly<{
  runs: readonly RunSummary[];
  runIds: readonly string[];
  names: ReadonlyMap<string, string>;
  scorer: string | null;
  /** The first is the baseline. */
  onChange: (runIds: readonly string[], scorer: string | null) => void;
}>;

export function RunPicker({ runs, runIds, names, scorer, onChange }: RunPickerProps) {
  const options: ComboboxItem[] = runs.map((run) => ({
    value: run.runId,
    label: names.get(run.runId) ?? `${runTitle(run)} (${run.runId.slice(-4)})`,
  }));
  const detailOf = (runId: string): string => {
    const run = runs.find((candidate) => candidate.runId === runId);
    if (run === undefined) return '';
    return [
      run.modelName,
      `n = ${count(run.total)}`,
      `${percent(run.accuracy)} by ${run.scorer}`,
      dateTime(run.createdAt),
    ]
      .filter(Boolean)
      .join(' · ');
  };
  return (
    <Card withBorder padding="md">
      <Grid gap="md" align="flex-start">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <MultiSelect
            label="Runs"
            placeholder={runIds.length === 0 ? 'Pick two or more runs' : ''}
            data={options}
            value={[...runIds]}
            onChange={(chosen) => onChange(chosen, scorer)}
            searchable
            clearable
            maxValues={50}
            limit={200}
            nothingFoundMessage="No run of this name"
            renderOption={({ option }) => (
              <span>
                {option.label}
                <br />
                <small>{detailOf(option.value)}</small>
              </span>
            )}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, md: 3 }}>
          <Select
            label="Baseline"
            description="the others are measured against it"
            inputWrapperOrder={['label', 'input', 'description']}
            data={runIds.map((runId) => ({ value: runId, label: names.get(runId) ?? runId }))}
            value={runIds[0] ?? null}
            disabled={runIds.length < 2}
            allowDeselect={false}
            onChange={(baseline) => {
              if (baseline !== null) onChange([baseline, ...runIds.filter((runId) => runId !== baseline)], scorer);
            }}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, md: 3 }}>
          <Select
            label="Scorer"
            placeholder="the baseline's own"
            clearable
            data={[...scorerNames]}
            value={scorer}
            onChange={(chosen) => onChange(runIds, chosen)}
          />
        </Grid.Col>
      </Grid>
    </Card>
  );
}
