/** What a run loses or gains against the baseline, as the way to those questions; zero leads nowhere. */
import { Anchor, Text } from '@mantine/core';
import { count, counted as countOf } from '../../components/numbers.ts';
import { questionsOfCount } from './pair-model.ts';

export type FlipLinkProps = Readonly<{
  /** The other run, and whose readings count. */
  baseline: Readonly<{ runId: string; scorer: string }>;
  run: Readonly<{ runId: string; name: string }>;
  counted: 'rightToWrong' | 'wrongToRight';
  value: number;
  /** Of the category; none: all questions. */
  path?: readonly string[];
  /** `3 lost` or `3 gained`; the number alone where its column says which. */
  isNamed?: boolean;
}>;

export function FlipLink({ baseline, run, counted, value, path = [], isNamed = false }: FlipLinkProps) {
  const name = counted === 'rightToWrong' ? 'lost' : 'gained';
  const text = isNamed ? `${count(value)} ${name}` : count(value);
  if (value === 0) {
    return (
      <Text span inherit c="dimmed">
        {text}
      </Text>
    );
  }
  const meaning = counted === 'rightToWrong' ? 'right by the baseline, not by' : 'not right by the baseline, but by';
  const place = path.length === 0 ? '' : ` in ${path.join(', ')}`;
  return (
    <Anchor
      inherit
      href={questionsOfCount({ runIdA: baseline.runId, runIdB: run.runId, scorer: baseline.scorer }, counted, path)}
      aria-label={`${isNamed ? `${text}: questions` : countOf(value, 'question')} ${meaning} ${run.name}${place}`}
    >
      {text}
    </Anchor>
  );
}
