/** The text beside the picture: question and options, the answer, and what is known or tried about it. */
import { Badge, Card, Group, Spoiler, Stack, Tabs, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { z } from 'zod';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { usePreference } from '../../api/use-preference.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { NoteEditor } from './note-editor.tsx';
import { OptionsList } from './options-list.tsx';
import { OtherRuns } from './other-runs.tsx';
import { outcomeOf } from './outcome-of.ts';
import type { PatchChoices } from './patch-choices.ts';
import { StepsPanel } from './steps-panel.tsx';
import { TagsEditor } from './tags-editor.tsx';
import { TryPanel } from './try-panel.tsx';

export type QuestionAsideProps = Readonly<{
  detail: QuestionDetail;
  run: RunSummary | null;
  /** Whose reading is marked. */
  scorer: ScorerName | null;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
  trying: boolean;
  onTrying: (trying: boolean) => void;
  choices: PatchChoices;
  onChoices: (choices: PatchChoices) => void;
  probe: Probe | null;
  onProbe: (probe: Probe | null) => void;
}>;

/** Characters that surely fit without folding. */
const shortContext = 160;

export function QuestionAside(props: QuestionAsideProps) {
  const { detail, run, scorer } = props;
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
          <AnswerPanel answer={prediction.answer} readings={readings} reading={reading} />
        )}
      </Section>
      <Card withBorder padding="md">
        <Aspects {...props} />
      </Card>
    </Stack>
  );
}

const aspects = ['steps', 'try', 'runs', 'note'] as const;
type Aspect = (typeof aspects)[number];
const aspectSchema = z.enum(aspects);

function Aspects(props: QuestionAsideProps) {
  const { detail, run, stepIndex, onStep, trying, onTrying, choices, onChoices, probe, onProbe } = props;
  const [remembered, remember] = usePreference('question.aspect', aspectSchema, 'steps');
  const steps = detail.prediction.status === 'answered' ? (detail.prediction.answer.trace?.steps ?? []) : [];
  const shown: Aspect = trying ? 'try' : remembered === 'try' ? 'steps' : remembered;
  const show = (value: string | null): void => {
    const aspect = aspects.find((name) => name === value) ?? 'steps';
    onTrying(aspect === 'try');
    if (aspect !== 'try') remember(aspect);
  };
  return (
    <Tabs value={shown} onChange={show}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="steps">Latent steps</Tabs.Tab>
        <Tabs.Tab value="try" rightSection={<Amount value={detail.probes.length} />}>
          Try it
        </Tabs.Tab>
        <Tabs.Tab value="runs" rightSection={<Amount value={detail.otherRuns.length} />}>
          Other runs
        </Tabs.Tab>
        <Tabs.Tab value="note" rightSection={<Amount value={detail.note === '' ? 0 : 1} />}>
          Note
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="steps">
        <StepsPanel steps={steps} stepIndex={stepIndex} onStep={onStep} />
      </Tabs.Panel>
      <Tabs.Panel value="try">
        {run === null ? null : (
          <TryPanel run={run} detail={detail} choices={choices} onChoices={onChoices} probe={probe} onProbe={onProbe} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="runs">
        <OtherRuns detail={detail} />
      </Tabs.Panel>
      <Tabs.Panel value="note">{run === null ? null : <NoteEditor runId={run.runId} detail={detail} />}</Tabs.Panel>
    </Tabs>
  );
}

function Amount({ value }: Readonly<{ value: number }>) {
  return value === 0 ? null : (
    <Badge size="xs" variant="light" circle>
      {value}
    </Badge>
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
