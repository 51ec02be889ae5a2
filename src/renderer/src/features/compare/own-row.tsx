/** A run in the main table: its figures, the paper's of the same method, and what it wins and loses against the baseline. */
import { Anchor, Table, Text } from '@mantine/core';
import type { MethodRow } from '../../../../shared/comparison.ts';
import type { PublishedRow } from '../../../../shared/published-choice.ts';
import { conditionText, type shownConditions } from '../../../../shared/run-conditions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, percent } from '../../components/numbers.ts';
import { RandomWeightsBadge } from '../../components/random-weights-badge.tsx';
import { formatRoute } from '../../routing/route.ts';
import { methodTitle } from '../run/method-title.ts';
import { percentInterval, points, pointsInterval, pValueText, secondsText } from './figures.ts';
import { FlipLink, type FlipLinkProps } from './flip-link.tsx';
import classes from './wide-table.module.css';

export type OwnRowProps = Readonly<{
  row: MethodRow;
  /** What the counts of questions lead to: the other run, and whose readings count. */
  baseline: FlipLinkProps['baseline'];
  /** What the paper reports of the method; undefined: nothing. */
  published: PublishedRow | undefined;
  run: RunSummary | null;
  name: string;
  /** The conditions in which the compared runs differ. */
  shown: ReturnType<typeof shownConditions<MethodRow>>;
}>;

export function OwnRow({ row, baseline, published, run, name, shown }: OwnRowProps) {
  const { runId, accuracy, againstBaseline: against, speedUp, unparsed, failed } = row;
  const notes = [
    ...(row.modelName === null ? [] : [row.modelName]),
    row.method === null ? 'imported predictions' : methodTitle(row.method),
    ...(row.intervention === null || row.intervention === 'none' ? [] : [row.intervention]),
    ...shown.flatMap(({ name: condition, valueOf }) => {
      const value = valueOf(row);
      return value === null ? [] : [conditionText(condition, value)];
    }),
    ...(unparsed === 0 ? [] : [`${count(unparsed)} unparsed`]),
    ...(failed === 0 ? [] : [`${count(failed)} failed, left out`]),
  ];
  return (
    <Table.Tr>
      <Table.Td className={classes.first}>
        <Anchor href={formatRoute({ page: 'run', runId, tab: 'overview' })} fw={550} size="sm">
          {name}
        </Anchor>{' '}
        <RandomWeightsBadge run={run} />
        <Text size="xs" c="dimmed" maw={340}>
          {notes.join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{row.latentSteps ?? '–'}</Table.Td>
      <Table.Td ta="right">{row.patchesPerStep ?? '–'}</Table.Td>
      <Table.Td className={classes.number}>
        {percent(accuracy?.estimate ?? null)}
        <Text size="xs" c="dimmed">
          {accuracy === null ? '' : percentInterval(accuracy)}
        </Text>
        <Paper figure={published === undefined ? null : percent(published.accuracy)} />
      </Table.Td>
      <Table.Td>{accuracy === null ? null : <IntervalBar interval={accuracy} />}</Table.Td>
      <Table.Td className={classes.number}>
        {row.arStepsMean?.toFixed(2) ?? '–'}
        <Paper figure={published?.arSteps?.toFixed(1) ?? null} />
      </Table.Td>
      <Table.Td className={classes.number}>
        {secondsText(row.secondsMean)}
        <Text size="xs" c="dimmed">
          {row.secondsMedian === null
            ? ''
            : `median ${secondsText(row.secondsMedian)}, p90 ${secondsText(row.secondsP90)}`}
        </Text>
        <Paper figure={published?.seconds?.toFixed(2) ?? null} />
      </Table.Td>
      <Table.Td ta="right">{speedUp === null ? '–' : `${speedUp.toFixed(2)}×`}</Table.Td>
      <Table.Td className={classes.number}>
        {against === null ? 'baseline' : against.difference === null ? '–' : points(against.difference.estimate)}
        <Text size="xs" c="dimmed">
          {against === null || against.difference === null ? '' : pointsInterval(against.difference)}
        </Text>
        {against === null ? null : (
          <Text size="xs">
            <FlipLink
              baseline={baseline}
              run={{ runId, name }}
              counted="rightToWrong"
              value={against.rightToWrong}
              isNamed
            />
            {' · '}
            <FlipLink
              baseline={baseline}
              run={{ runId, name }}
              counted="wrongToRight"
              value={against.wrongToRight}
              isNamed
            />
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{against === null ? '' : pValueText(against.pValueHolm)}</Table.Td>
    </Table.Tr>
  );
}

/** The paper's figure under one's own; of other questions, prompts and machines. */
function Paper({ figure }: Readonly<{ figure: string | null }>) {
  if (figure === null) return null;
  return (
    <Text size="xs" c="dimmed">
      paper {figure}
    </Text>
  );
}
