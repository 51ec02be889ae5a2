/** Filters that are needed now and then: ranges, flips against another run, traces, notes, exclusions, the scorer. */
import { Button, Group, NumberInput, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { scorerNames, type ScorerName } from '../../../../shared/prediction.ts';
import { outcomeNames, rangeFields, stepRangeFields } from '../../../../shared/where.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { runTitle } from '../run/run-title.ts';
import { rangeName } from './filter-chips.ts';
import { type Terms, valuesOf, withRange, withValues } from './filter-terms.ts';

export type MoreFiltersProps = Readonly<{
  runId: string;
  where: Terms;
  scorer: ScorerName | null;
  onWhere: (where: Terms) => void;
  onScorer: (scorer: ScorerName | null) => void;
}>;

const yesNo: readonly (readonly [string, string, string, string])[] = [
  ['trace', 'Latent trace', 'With', 'Without'],
  ['note', 'Note', 'With', 'Without'],
  ['excluded', 'Excluded', 'Only', 'Hide'],
];

export function MoreFilters({ runId, where, scorer, onWhere, onScorer }: MoreFiltersProps) {
  return (
    <Stack gap="sm">
      <RangeForm where={where} onWhere={onWhere} />
      <OtherRunForm runId={runId} where={where} onWhere={onWhere} />
      {yesNo.map(([field, label, yes, no]) => (
        <Group key={field} justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm">{label}</Text>
          <SegmentedControl
            size="xs"
            aria-label={label}
            data={[
              { value: '', label: 'Any' },
              { value: 'yes', label: yes },
              { value: 'no', label: no },
            ]}
            value={valuesOf(where, field)[0] ?? ''}
            onChange={(value) => onWhere(withValues(where, field, value === '' ? [] : [value]))}
          />
        </Group>
      ))}
      <Select
        size="xs"
        label="Read by the scorer"
        placeholder="the run's own"
        data={[...scorerNames]}
        value={scorer}
        clearable
        onChange={(name) => onScorer(scorerNames.find((known) => known === name) ?? null)}
      />
    </Stack>
  );
}

type FormProps = Pick<MoreFiltersProps, 'where' | 'onWhere'>;

const ranges = [...rangeFields, ...stepRangeFields];

/** The field gives text where a number would not be written as it was typed: `0.10`, many digits. */
function numberOf(value: string | number): number | null {
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

function RangeForm({ where, onWhere }: FormProps) {
  const [field, setField] = useState<(typeof ranges)[number]>('time');
  const [step, setStep] = useState<string | number>('');
  const [low, setLow] = useState<string | number>('');
  const [high, setHigh] = useState<string | number>('');
  const hasStep = stepRangeFields.some((known) => known === field);
  const isEmpty = numberOf(low) === null && numberOf(high) === null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onWhere(
          withRange(where, { field, step: hasStep ? numberOf(step) : null, low: numberOf(low), high: numberOf(high) }),
        );
        setLow('');
        setHigh('');
      }}
    >
      <Stack gap={6}>
        <Group gap={6} wrap="nowrap" align="flex-end">
          <Select
            size="xs"
            label="Range of"
            data={ranges.map((value) => ({ value, label: rangeName(value) }))}
            value={field}
            allowDeselect={false}
            onChange={(value) => setField(ranges.find((known) => known === value) ?? 'time')}
            style={{ flex: 1 }}
          />
          {hasStep ? (
            <NumberInput
              size="xs"
              w={74}
              label="at step"
              placeholder="last"
              min={1}
              max={99}
              allowDecimal={false}
              value={step}
              onChange={setStep}
            />
          ) : null}
        </Group>
        <Group gap={6} wrap="nowrap">
          <NumberInput size="xs" aria-label="At least" placeholder="from" value={low} onChange={setLow} hideControls />
          <NumberInput size="xs" aria-label="At most" placeholder="to" value={high} onChange={setHigh} hideControls />
          <Button type="submit" size="xs" variant="default" disabled={isEmpty} flex="none">
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function OtherRunForm({ runId, where, onWhere }: FormProps & Pick<MoreFiltersProps, 'runId'>) {
  const { data, error } = useQuery(api.runs.list.queryOptions({ input: { limit: 1000 } }));
  const [other, setOther] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<string>('right');
  if (data === undefined && error !== null) return <FailureAlert failure={failureOf(error)} />;
  const others = (data?.runs ?? []).filter((run) => run.runId !== runId);
  if (others.length === 0) return null;
  return (
    <Stack gap={6}>
      <Select
        size="xs"
        label="Flips: the same question in another run"
        placeholder="Choose a run"
        searchable
        data={others.map((run) => ({ value: run.runId, label: `${runTitle(run)} · ${run.runId}` }))}
        value={other}
        onChange={setOther}
      />
      <Group gap={6} wrap="nowrap">
        <Select
          size="xs"
          aria-label="Outcome in the other run"
          data={[...outcomeNames]}
          value={outcome}
          allowDeselect={false}
          onChange={(value) => setOutcome(value ?? 'right')}
        />
        <Button
          size="xs"
          variant="default"
          flex="none"
          disabled={other === null}
          onClick={() => onWhere(withValues(where, 'other', [`${other ?? ''}:${outcome}`]))}
        >
          Add
        </Button>
      </Group>
    </Stack>
  );
}
