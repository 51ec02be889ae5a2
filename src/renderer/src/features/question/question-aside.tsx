/** The text beside the picture: question, options and tags, and the answer. */
import { Card, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { LongText } from '../../components/long-text.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { beginningOf } from '../../components/plain-text.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { OptionsList } from './options-list.tsx';
import { outcomeOf } from './outcome-of.ts';
import { TagsEditor } from './tags-editor.tsx';

export type QuestionAsideProps = Readonly<{
  detail: QuestionDetail;
  run: RunSummary | null;
  /** Whose reading is marked. */
  scorer: ScorerName | null;
}>;

export function QuestionAside({ detail, run, scorer }: QuestionAsideProps) {
  const { sample, prediction, readings } = detail;
  const reading = readings.find((candidate) => candidate.scorer === scorer) ?? null;
  const place = [sample.domain, sample.topic, sample.category].filter(Boolean).join(' / ');
  return (
    <Stack gap="md">
      <Section
        title={place === '' ? 'Question' : beginningOf(place)}
        aside={<OutcomeBadge outcome={outcomeOf(prediction, reading)} />}
      >
        <LongText name="Question" text={sample.question} shownLength={700} fw={550} mb="sm" />
        {sample.context === '' ? null : (
          <LongText name="Context" text={sample.context} shownLength={220} size="sm" c="dimmed" mb="sm" />
        )}
        <OptionsList choices={sample.choices} goldIndex={sample.answerIndex} readIndex={reading?.choiceIndex ?? null} />
        {run === null ? null : <TagsEditor runId={run.runId} detail={detail} />}
      </Section>
      <Section title="Answer">
        {prediction.status === 'failed' ? (
          <FailureAlert failure={prediction.failure} />
        ) : (
          <AnswerPanel answer={prediction.answer} reading={reading} />
        )}
      </Section>
    </Stack>
  );
}

function Section({ title, aside, children }: Readonly<{ title: string; aside?: ReactNode; children: ReactNode }>) {
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs" wrap="nowrap" align="flex-start">
        <Title order={2} size="h5" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Card>
  );
}
