/** Masses and focus by latent step or insertion, and attention while writing: several runs in one chart each. */
import { Alert, Button, Card, Center, Group, Loader, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { RunAttention, RunStepAttention } from '../../../../shared/run-attention.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { percent } from '../../components/numbers.ts';
import { SeriesCard } from '../../components/series-card.tsx';
import type { ChartSeries } from '../../components/series-chart.tsx';
import { MassDefinition } from '../run/latent/mass-card.tsx';
import { FocusDefinition } from '../run/latent/step-cards.tsx';
import { answerGroups, groupLabels, stepNoun, type AnswerGroup } from '../run/latent/step-series.ts';
import { ExplicitCurves } from './explicit-curves.tsx';
import { runLine } from './run-line.ts';

const masses = [
  { value: 'visionMass', label: 'Vision' },
  { value: 'latentVisionMass', label: 'Latent vision' },
  { value: 'textMass', label: 'Text' },
  { value: 'latentTextMass', label: 'Latent text' },
] as const;
type Mass = (typeof masses)[number]['value'];

export type AttentionViewProps = Readonly<{
  runIds: readonly string[];
  names: ReadonlyMap<string, string>;
  scorer: ScorerName | undefined;
  onExport: () => void;
}>;

export function AttentionView({ runIds, names, scorer, onExport }: AttentionViewProps) {
  const [mass, setMass] = useState<Mass>('visionMass');
  const [group, setGroup] = useState<AnswerGroup>('all');
  const queries = useQueries({
    queries: runIds.map((runId) =>
      api.runs.attention.queryOptions({ input: { runId, ...(scorer === undefined ? {} : { scorer }) } }),
    ),
  });
  const failed = queries.find(({ error }) => error !== null);
  if (failed !== undefined) return <FailureAlert failure={failureOf(failed.error)} />;
  const analyses = queries.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (analyses.length < runIds.length) {
    return (
      <Center py={80}>
        <Loader type="dots" role="status" aria-label="Loading" />
      </Center>
    );
  }
  const traced = analyses.filter(({ all }) => all.length > 0);
  const silent = analyses.filter(({ all, explicit }) => all.length === 0 && explicit.all.length === 0);
  if (silent.length === analyses.length) {
    return (
      <Card withBorder padding="lg">
        <Text>
          None of these runs keeps where it looked: pick runs of the method IVT-LR with at least one step, or of methods
          in words.
        </Text>
      </Card>
    );
  }
  const places = placesOf(traced);
  const note = `${groupLabels[group]}; ${traced.map((each) => `${names.get(each.runId) ?? each.runId}: n = ${String(each[group][0]?.questionCount ?? 0)}`).join('; ')}; all questions of each run; scorer ${traced[0]?.scorer ?? ''}`;
  const noun = [...new Set(traced.map(stepNoun))].join(' or ');
  const xLabel = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const common = { kind: 'lines', xLabel, places, note, height: 320 } as const;
  const series = (value: (step: RunStepAttention) => number) => seriesOf(traced, { names, runIds, group }, value);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <SegmentedControl
          value={group}
          onChange={(value) => setGroup(answerGroups.find((known) => known === value) ?? 'all')}
          data={answerGroups.map((value) => ({ value, label: groupLabels[value] }))}
          aria-label="Answers"
        />
        <Button variant="default" onClick={onExport}>
          All numbers (CSV)
        </Button>
      </Group>
      {silent.length === 0 ? null : (
        <Alert color="gray" variant="light">
          {`Not drawn, because they keep neither latent steps nor calls: ${silent
            .map(({ runId }) => names.get(runId) ?? runId)
            .join(', ')}.`}
        </Alert>
      )}
      {traced.length === 0 ? null : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <SeriesCard
            {...common}
            title={`Attention mass by ${noun}`}
            fileName={`compared-${mass}`}
            definition={<MassDefinition />}
            series={series((step) => step[mass])}
            format={(value, digits = 0) => percent(value, digits)}
            controls={
              <SegmentedControl
                size="xs"
                value={mass}
                onChange={(value) => setMass(masses.find((known) => known.value === value)?.value ?? 'visionMass')}
                data={masses.map(({ value, label }) => ({ value, label }))}
                aria-label="Mass"
              />
            }
          />
          <SeriesCard
            {...common}
            title={`Focus by ${noun}`}
            fileName="compared-focus"
            definition={<FocusDefinition />}
            series={series(({ visionFocus }) => visionFocus)}
            format={(value, digits = 3) => value.toFixed(digits)}
            domain={null}
          />
        </SimpleGrid>
      )}
      <ExplicitCurves analyses={analyses} names={names} group={group} />
    </Stack>
  );
}

function placesOf(analyses: readonly RunAttention[]): string[] {
  const most = Math.max(...analyses.map(({ all }) => all.length));
  return Array.from({ length: most }, (_, index) => String(index + 1));
}

type Drawn = Readonly<{ names: ReadonlyMap<string, string>; runIds: readonly string[]; group: AnswerGroup }>;

function seriesOf(
  analyses: readonly RunAttention[],
  { names, runIds, group }: Drawn,
  value: (step: RunStepAttention) => number,
): ChartSeries[] {
  const places = placesOf(analyses);
  return analyses.map((analysis) => ({
    label: names.get(analysis.runId) ?? analysis.runId,
    ...runLine(runIds.indexOf(analysis.runId)),
    values: places.map((_, stepIndex) => {
      const step = analysis[group].find((candidate) => candidate.stepIndex === stepIndex);
      return step === undefined ? null : value(step);
    }),
  }));
}
