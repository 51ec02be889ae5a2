/** What the check of a model found: does it answer, how fast, how far its weights are from the checkpoint's. */
import { Stack, Text } from '@mantine/core';
import type { ModelReport } from '../../../../shared/contract/models.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { bytes, dateTime } from '../../components/numbers.ts';
import { FactList, type Fact } from './fact-list.tsx';
import { errorPercent } from './model-words.ts';

const seconds = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} s`;

export function ReportFacts({ report }: Readonly<{ report: ModelReport }>) {
  const { answers, failure, device, loadSeconds, secondsPerQuestion, memoryBytes, selfTest, weightError } = report;
  const facts: Fact[] = [
    ['Answers', answers ? 'yes, the built-in question' : 'no'],
    ['Device', device ?? '–'],
    ['Loading', seconds(loadSeconds)],
    ['One question', seconds(secondsPerQuestion)],
    ['Memory', memoryBytes === null ? '–' : `${bytes(memoryBytes)} at its peak`],
    ['This machine', selfTestWords[selfTest]],
    ['Weight error', weightError === null ? 'not measured when it was imported' : weightErrorText(weightError)],
    ['Checked', dateTime(report.checkedAt)],
  ];
  return (
    <Stack gap="xs">
      {failure === null ? null : <FailureAlert failure={failure} />}
      <FactList facts={facts} label="Report" />
      {weightError === null || weightError.overall === 0 ? null : (
        <Text size="xs" c="dimmed">
          Root mean square of stored minus checkpoint&apos;s weights, relative to the weights&apos; own, over the
          quantised tensors.
        </Text>
      )}
    </Stack>
  );
}

const selfTestWords: Readonly<Record<ModelReport['selfTest'], string>> = {
  passed: 'computes right: a small test model answers as it does in PyTorch',
  failed:
    'computes wrong: a small test model does not answer as it does in PyTorch, so answers of this model may be wrong too; "Check this machine" (Ctrl+K) says why',
  'not run': 'not tested',
};

function weightErrorText({ overall, worst, worstTensor }: NonNullable<ModelReport['weightError']>): string {
  if (overall === 0) return 'none (full precision)';
  return `${errorPercent(overall)}; worst ${errorPercent(worst)} (${worstTensor})`;
}
