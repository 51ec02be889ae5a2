/** The text beside the picture: question and options, the answer, and the latent steps in numbers. */
import { Card, Group, Spoiler, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { OptionsList } from './options-list.tsx';
import { StepTable } from './step-table.tsx';

export type QuestionTextProps = Readonly<{
  detail: QuestionDetail;
  /** The run's own scorer. */
  scorer: ScorerName | null;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
}>;

/** Characters that surely fit without folding. */
const shortContext = 160;

export function QuestionText({ detail, scorer, stepIndex, onStep }: QuestionTextProps) {
  const { sample, prediction, readings } = detail;
  const reading = readings.find((candidate) => candidate.scorer === scorer) ?? null;
  const place = [sample.domain, sample.topic, sample.category].filter(Boolean).join(' / ');
  const steps = prediction.status === 'answered' ? (prediction.answer.trace?.steps ?? []) : [];
  return (
    <Stack gap="md">
      <Section title={place === '' ? 'Question' : place} aside={<OutcomeBadge outcome={outcomeOf(detail, reading)} />}>
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
      </Section>
      <Section title="Answer">
        {prediction.status === 'failed' ? (
          <FailureAlert failure={prediction.failure} />
        ) : (
          <AnswerPanel answer={prediction.answer} readings={readings} reading={reading} />
        )}
      </Section>
      {steps.length === 0 ? null : (
        <Section title="Latent steps">
          <StepTable steps={steps} stepIndex={stepIndex} onStep={onStep} />
        </Section>
      )}
    </Stack>
  );
}

function outcomeOf({ prediction }: QuestionDetail, reading: QuestionDetail['readings'][number] | null) {
  if (prediction.status === 'failed') return 'failed';
  if (reading === null || reading.choiceIndex === null) return reading?.correct === true ? 'right' : 'unparsed';
  return reading.correct ? 'right' : 'wrong';
}

function Section({ title, aside, children }: Readonly<{ title: string; aside?: ReactNode; children: ReactNode }>) {
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs">
        <Title order={5}>{title}</Title>
        {aside}
      </Group>
      {children}
    </Card>
  );
}
