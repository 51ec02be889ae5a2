/** Under the picture: what is known and tried about the answer, one aspect at a time. */
import { Badge, Tabs } from '@mantine/core';
import { z } from 'zod';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { usePreference } from '../../api/use-preference.ts';
import { CallsPanel } from './calls-panel.tsx';
import { NoteEditor } from './note-editor.tsx';
import { OtherRuns } from './other-runs.tsx';
import type { PatchChoices } from './patch-choices.ts';
import { ReadingsTable } from './readings-table.tsx';
import { StepsPanel } from './steps-panel.tsx';
import { capitalised, stepKindOf, stepWords } from './step-words.ts';
import { TryPanel } from './try-panel.tsx';

export type QuestionAspectsProps = Readonly<{
  detail: QuestionDetail;
  run: RunSummary | null;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
  trying: boolean;
  onTrying: (trying: boolean) => void;
  choices: PatchChoices;
  onChoices: (choices: PatchChoices) => void;
  probe: Probe | null;
  onProbe: (probe: Probe | null) => void;
}>;

const aspects = ['calls', 'steps', 'try', 'scorers', 'runs', 'note'] as const;
type Aspect = (typeof aspects)[number];
const aspectSchema = z.enum(aspects);

export function QuestionAspects(props: QuestionAspectsProps) {
  const { detail, run, stepIndex, onStep, trying, onTrying, choices, onChoices, probe, onProbe } = props;
  const [remembered, remember] = usePreference('question.aspect', aspectSchema, 'steps');
  const trace = detail.prediction.status === 'answered' ? detail.prediction.answer.trace : null;
  const hasCalls = trace !== null && trace.calls.length > 0;
  const hasSteps = !hasCalls || trace.steps.length + trace.regions.length > 0;
  const first: Aspect = hasCalls ? 'calls' : 'steps';
  const isThere: Readonly<Partial<Record<Aspect, boolean>>> = { calls: hasCalls, steps: hasSteps, try: false };
  const shown: Aspect = trying ? 'try' : isThere[remembered] === false ? first : remembered;
  const show = (value: string | null): void => {
    const aspect = aspects.find((name) => name === value) ?? first;
    onTrying(aspect === 'try');
    if (aspect !== 'try') remember(aspect);
  };
  return (
    <Tabs value={shown} onChange={show}>
      <Tabs.List mb="sm">
        {hasCalls ? (
          <Tabs.Tab value="calls" rightSection={<Amount value={trace.calls.length} />}>
            Calls
          </Tabs.Tab>
        ) : null}
        {hasSteps ? <Tabs.Tab value="steps">{capitalised(stepWords[stepKindOf([trace])].names)}</Tabs.Tab> : null}
        <Tabs.Tab value="try" rightSection={<Amount value={detail.probes.length} />}>
          Try it
        </Tabs.Tab>
        <Tabs.Tab value="scorers">Scorers</Tabs.Tab>
        <Tabs.Tab value="runs" rightSection={<Amount value={detail.otherRuns.length} />}>
          Other runs
        </Tabs.Tab>
        <Tabs.Tab value="note" rightSection={<Amount value={detail.note === '' ? 0 : 1} />}>
          Note
        </Tabs.Tab>
      </Tabs.List>
      {hasCalls ? (
        <Tabs.Panel value="calls">
          <CallsPanel trace={trace} name={detail.sample.sampleId} />
        </Tabs.Panel>
      ) : null}
      <Tabs.Panel value="steps">
        <StepsPanel trace={trace} name={detail.sample.sampleId} stepIndex={stepIndex} onStep={onStep} />
      </Tabs.Panel>
      <Tabs.Panel value="try">
        {run === null ? null : (
          <TryPanel run={run} detail={detail} choices={choices} onChoices={onChoices} probe={probe} onProbe={onProbe} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="scorers">
        <ReadingsTable readings={detail.readings} />
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
