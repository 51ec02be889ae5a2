/** Where the time went: how long questions took, in how many AR steps, and the mean of each phase. */
import { Card, Center, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { lazyPart } from '../../app/lazy-page.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { phaseColour } from '../../app/palette.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { milliseconds } from '../../components/numbers.ts';

const Histogram = lazyPart(() => import('../../components/histogram.tsx'));

export function TimesCard({ runId }: Readonly<{ runId: string }>) {
  const { data, error } = useQuery(api.runs.times.queryOptions({ input: { runId } }));
  if (data === undefined && error !== null) return <FailureAlert failure={failureOf(error)} />;
  if (data === undefined || (data.totalMs === null && data.arSteps === null)) return null;
  const { phases, totalMs, arSteps } = data;
  return (
    <Suspense fallback={<Loading />}>
      {totalMs === null ? null : (
        <Card withBorder>
          <Title order={2} size="h5">
            Time a question
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {`n = ${String(totalMs.count)}; mean ${milliseconds(totalMs.mean)}, median ${milliseconds(totalMs.median)}, 90 % within ${milliseconds(totalMs.p90)}, longest ${milliseconds(totalMs.max)}`}
          </Text>
          <Histogram
            bins={totalMs.bins}
            binEnd={totalMs.binEnd}
            name="Questions"
            label="Time a question, number of questions by time"
            format={milliseconds}
          />
          <Phases phases={phases} />
        </Card>
      )}
      {arSteps === null ? null : (
        <Card withBorder>
          <Title order={2} size="h5">
            AR steps
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {`n = ${String(arSteps.count)}; mean ${arSteps.mean.toFixed(2)}, median ${String(arSteps.median)}, 90 % within ${String(arSteps.p90)}, most ${String(arSteps.max)}`}
          </Text>
          <Histogram
            {...wholeSteps(arSteps)}
            name="Questions"
            label="AR steps, number of questions by steps"
            format={(value) => value.toFixed(0)}
          />
        </Card>
      )}
    </Suspense>
  );
}

const Loading = () => (
  <Center h={180}>
    <Loader type="dots" role="status" aria-label="Loading" />
  </Center>
);

/** Without the empty bins at the end: the last bin of a short run is far beyond its longest answer. */
function wholeSteps({ bins, binEnd }: Readonly<{ bins: readonly number[]; binEnd: number }>) {
  const count = Math.max(1, bins.findLastIndex((each) => each > 0) + 1);
  return { bins: bins.slice(0, count), binEnd: (binEnd * count) / bins.length };
}

function Phases({ phases: all }: Readonly<{ phases: readonly Readonly<{ phase: string; meanMs: number }>[] }>) {
  // A method without latent steps spends nothing on them; colours stay with their phases.
  const phases = all.map((each, index) => ({ ...each, colour: phaseColour(index) })).filter(({ meanMs }) => meanMs > 0);
  const whole = phases.reduce((sum, { meanMs }) => sum + meanMs, 0);
  if (whole === 0) return null;
  return (
    <Stack gap={6} mt="sm">
      <div
        role="img"
        aria-label={phases.map(({ phase, meanMs }) => `${phase} ${milliseconds(meanMs)}`).join(', ')}
        style={{ display: 'flex', height: 12, borderRadius: 4, overflow: 'hidden' }}
      >
        {phases.map(({ phase, meanMs, colour }) => (
          <div
            key={phase}
            style={{
              width: `${String((100 * meanMs) / whole)}%`,
              background: colour,
            }}
          />
        ))}
      </div>
      <Group gap="4px 16px">
        {phases.map(({ phase, meanMs, colour }) => (
          <Group gap={6} key={phase} wrap="nowrap">
            <span
              aria-hidden="true"
              style={{
                width: 10,
                height: 10,
                borderRadius: 2,
                background: colour,
              }}
            />
            <Text size="xs">
              {phase}{' '}
              <Text span inherit c="dimmed">
                {milliseconds(meanMs)}
              </Text>
            </Text>
          </Group>
        ))}
      </Group>
      <Text size="xs" c="dimmed">
        Means of the phases. Preprocessing is not part of the time a question, as in the paper.
      </Text>
    </Stack>
  );
}
