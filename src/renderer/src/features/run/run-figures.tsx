/** The run in four numbers, each with where it comes from. */
import { Card, SimpleGrid, Text } from '@mantine/core';
import { ranOn } from '../../../../shared/engine-places.ts';
import { questionsDone, type RunSummary } from '../../../../shared/run.ts';
import { isLatent } from '../../../../shared/run-settings.ts';
import type { Interval } from '../../../../shared/statistics.ts';
import { count, milliseconds, percent } from '../../components/numbers.ts';

export type RunFiguresProps = Readonly<{ run: RunSummary; accuracy: Interval | null }>;

export function RunFigures({ run, accuracy }: RunFiguresProps) {
  const between = accuracy === null ? '' : ` (${percent(accuracy.low)} to ${percent(accuracy.high)})`;
  const excluded = run.excluded === 0 ? '' : `; ${count(run.excluded)} excluded (bad gold), in no count`;
  const done = questionsDone(run);
  const figures: readonly (readonly [name: string, value: string, detail: string])[] = [
    ['Accuracy', percent(run.accuracy), `${count(run.correct)} of ${count(run.total)}${between}, scorer ${run.scorer}`],
    [
      'Questions',
      done === run.planned ? count(done) : `${count(done)} / ${count(run.planned)}`,
      `${count(run.unparsed)} unparsed, ${count(run.failed)} failed${excluded}`,
    ],
    [
      'AR steps',
      run.arStepsMean?.toFixed(2) ?? '–',
      run.settings === null || isLatent(run.settings.method)
        ? 'mean a question: latent steps + tokens'
        : 'mean a question: tokens of all calls',
    ],
    [
      'Time a question',
      run.secondsPerQuestionMean === null ? '–' : milliseconds(1000 * run.secondsPerQuestionMean),
      `mean, model only${run.device === null ? '' : `, on ${ranOn(run) ?? run.device}`}`,
    ],
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      {figures.map(([name, value, detail]) => (
        <Card withBorder padding="md" key={name}>
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text fz={28} fw={650} lh={1.3}>
            {value}
          </Text>
          <Text size="xs" c="dimmed">
            {detail}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}
