/** A count of the comparison as a link to its questions in run B; zero leads nowhere. */
import { Anchor, Text } from '@mantine/core';
import type { PairedComparison, RunComparison } from '../../../../shared/statistics.ts';
import { count, counted as countOf } from '../../components/numbers.ts';
import { questionsOfCount, type PairedCount } from './pair-model.ts';

const countNames: Readonly<Record<PairedCount, string>> = {
  bothRight: 'right in both',
  rightToWrong: 'right in A, wrong in B',
  wrongToRight: 'wrong in A, right in B',
  bothWrong: 'wrong in both',
};

export type CountLinkProps = Readonly<{
  comparison: RunComparison;
  node: PairedComparison;
  counted: PairedCount;
  large?: boolean;
}>;

export function CountLink({ comparison, node, counted, large = false }: CountLinkProps) {
  const size = large ? 'xl' : 'sm';
  if (node[counted] === 0) {
    return (
      <Text span size={size} c="dimmed">
        0
      </Text>
    );
  }
  const place = node.path.length === 0 ? '' : ` in ${node.path.join(', ')}`;
  return (
    <Anchor
      href={questionsOfCount(comparison, counted, node.path)}
      size={size}
      fw={large ? 600 : 400}
      aria-label={`${countOf(node[counted], 'question')} ${countNames[counted]}${place}`}
    >
      {count(node[counted])}
    </Anchor>
  );
}
