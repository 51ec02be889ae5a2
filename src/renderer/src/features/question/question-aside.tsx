/** The text beside the picture: question, options and tags, and the answer. */
import { Card, Group, Spoiler, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
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

/** Characters that surely fit without folding. */
const shortContext = 160;

export function QuestionAside({ detail, run, scorer }: QuestionAsideProps) {
  const { sample, prediction, readings } = detail;
  const reading = readings.find((candidate) => candidate.scorer === scorer) ?? null;
  const place = [sample.domain, sample.topic, sample.category].filter(Boolean).join(' / ');
  return (
    <Stack gap="md">
      <Section
        title={place === '' ? 'Question' : place}
        aside={<OutcomeBadge outcome={outcomeOf(prediction, reading)} />}
      >
        <Text fw={550} mb="sm">
          {sample.question}
        </Text>
        {sample.context === '' ? null : sample.context.length <= shortContext ? (
          <Text size="sm" c="dimmed" mb="sm">
            {sample.context}
          </Text>
        ) : (
          <Spoiler maxHeight={66} showLabel="Show all" hideLabel="Show less" mb={34} fz="sm">
            <Text size="sm" c="dimmed">
              {sample.context}
            </Text>
          </Spoiler>
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
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Card>
  );
}
