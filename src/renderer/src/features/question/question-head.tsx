/** Where this question is: its run, its place in the filtered list, the ways on. */
import { ActionIcon, Anchor, Badge, Breadcrumbs, Button, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { standsForKey } from '../../app/key-presses.ts';
import { count } from '../../components/numbers.ts';
import { beginningOf, plainText } from '../../components/plain-text.ts';
import { RandomWeightsBadge } from '../../components/random-weights-badge.tsx';
import { formatRoute } from '../../routing/route.ts';
import { runTitle } from '../run/run-title.ts';
import type { QuestionRoute } from './question-page.tsx';

export type QuestionHeadProps = Readonly<{
  route: QuestionRoute;
  detail: QuestionDetail;
  run: RunSummary | null;
  onExport: () => void;
}>;

export function QuestionHead({ route, detail, run, onExport }: QuestionHeadProps) {
  const { runId, where, sort, scorer } = route;
  const { sample, previousSampleId, nextSampleId } = detail;
  return (
    <Group justify="space-between" gap="xs">
      <Group gap={6} wrap="nowrap" miw={0}>
        <Breadcrumbs>
          <Anchor href={formatRoute({ page: 'runs' })} size="sm">
            Runs
          </Anchor>
          <Anchor
            href={formatRoute({ page: 'questions', runId, shape: 'table', where, sort, scorer })}
            size="sm"
            maw={280}
            truncate
            display="block"
          >
            {plainText(run === null ? runId : runTitle(run))}
          </Anchor>
          <Text size="sm" fw={600} component="h1" maw={320} truncate title={plainText(sample.sampleId)}>
            {plainText(sample.sampleId)}
          </Text>
        </Breadcrumbs>
        <CopyButton value={sample.sampleId}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy the id'}>
              <ActionIcon size="sm" variant="subtle" color="gray" onClick={copy} aria-label="Copy the question's id">
                {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
        {detail.excluded ? (
          <Badge color="gray" variant="outline" radius="sm">
            excluded: bad gold
          </Badge>
        ) : null}
        <RandomWeightsBadge run={run} />
      </Group>
      <Group gap="xs">
        <Text size="xs" c="dimmed" aria-live="polite">
          {placeOf(detail)}
          {where.length === 0 ? '' : ` · ${beginningOf(where.join(' '), 80)}`}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          disabled={previousSampleId === null}
          {...standsForKey('k')}
          title="k or ←"
        >
          ← Previous
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={nextSampleId === null}
          {...standsForKey('j')}
          title="j or →"
        >
          Next →
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={onExport}
          title="e"
        >
          Export…
        </Button>
      </Group>
    </Group>
  );
}

function placeOf({ rank, total }: QuestionDetail): string {
  return rank === null ? `outside the filter's ${count(total)}` : `${count(rank + 1)} of ${count(total)}`;
}
