/** The picture with what chooses its step (beside it a try's, when one is shown), and the keys that drive them. */
import { ActionIcon, Group, SimpleGrid, Stack, Text, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { Prediction } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { describeMethod, isLatent, type RunSettings } from '../../../../shared/run-settings.ts';
import type { Trace } from '../../../../shared/trace.ts';
import { LayerControl, useLayerAttention } from './layer-control.tsx';
import { rangeOf, stepOfHeat } from './overlay-model.ts';
import type { PatchChoices } from './patch-choices.ts';
import { Picture } from './picture.tsx';
import { PictureExport } from './picture-export.tsx';
import { describeShortage, poolShortage } from './pool-shortage.ts';
import { describeProbe } from './probe-text.ts';
import { StepScrubber } from './step-scrubber.tsx';
import { stepCountOf, stepKindOf, stepWords } from './step-words.ts';
import { useQuestionKeys } from './use-question-keys.ts';

export type PicturePanelProps = Readonly<{
  detail: QuestionDetail;
  runId: string;
  /** Null until it is read. */
  run: RunSummary | null;
  /** Shown beside the run's own picture. */
  probe: Probe | null;
  stepIndex: number | null;
  /** What a try would force and ban; null while nothing is tried. */
  choices: PatchChoices | null;
  onStep: (stepIndex: number | null) => void;
  onNext: () => void;
  onPrevious: () => void;
  onUp: () => void;
  onTry: () => void;
  onExport: () => void;
  onCloseProbe: () => void;
  onPatch: (slot: number) => void;
}>;

const playIntervalMs = 900;

export const traceOf = (prediction: Prediction): Trace | null =>
  prediction.status === 'answered' ? prediction.answer.trace : null;

export function PicturePanel(props: PicturePanelProps) {
  const { detail, runId, run, probe, stepIndex, choices, onStep } = props;
  const [view, setView] = useState<'selected' | 'attention'>('selected');
  const [layer, setLayer] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const trace = traceOf(detail.prediction);
  const probeTrace = probe === null ? null : traceOf(probe.prediction);
  const steps = trace?.steps ?? [];
  const stepCount = Math.max(stepCountOf(trace), stepCountOf(probeTrace));
  const kind = stepKindOf([trace, probeTrace]);
  const words = stepWords[kind];
  const layers = useLayerAttention(runId, detail.sample.sampleId, view === 'attention' && layer !== null);

  useQuestionKeys({
    onStep: (next) => {
      setPlaying(false);
      if (next === null || next < stepCount) onStep(next);
    },
    onStepBy: (by) => {
      setPlaying(false);
      const next = stepIndex === null ? (by === 1 ? 0 : stepCount - 1) : stepIndex + by;
      if (next >= 0 && next < stepCount) onStep(next);
    },
    onNext: props.onNext,
    onPrevious: props.onPrevious,
    onUp: props.onUp,
    onTry: props.onTry,
    onExport: props.onExport,
    onPlay: () => setPlaying(!playing && stepCount > 0),
    onToggleView: () => setView(view === 'selected' && kind !== 'region' ? 'attention' : 'selected'),
  });

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => onStep(stepIndex === null ? 0 : (stepIndex + 1) % stepCount), playIntervalMs);
    return () => clearTimeout(timer);
  }, [playing, stepIndex, stepCount, onStep]);

  const shown = stepIndex ?? steps.length - 1;
  const layerRow = layer === null ? null : (layers.data?.steps[shown]?.[layer] ?? null);
  const attentionName =
    layerRow === null || layer === null
      ? 'mean of all layers'
      : `layer ${String(layer + 1)} of ${String(layers.data?.layerCount ?? 0)}, mean of its heads`;
  // Two pictures side by side have one scale, unless one of them shows another thing.
  const scaleTop =
    probeTrace === null || layerRow !== null
      ? null
      : Math.max(...[trace, probeTrace].map((each) => rangeOf(stepOfHeat(each, stepIndex)?.imageAttention ?? []).most));
  return (
    <Stack gap="sm">
      {stepCount === 0 ? (
        <Text size="sm" c="dimmed">
          {whyNoSteps(detail, run)}
        </Text>
      ) : (
        <StepScrubber
          stepCount={stepCount}
          words={words}
          stepIndex={stepIndex}
          view={kind === 'region' ? null : view}
          playing={playing}
          onStep={(next) => {
            setPlaying(false);
            onStep(next);
          }}
          onView={setView}
          onPlay={() => setPlaying(!playing)}
        >
          <PictureExport runId={runId} sampleId={detail.sample.sampleId} stepIndex={stepIndex} view={view} />
        </StepScrubber>
      )}
      {view === 'attention' && stepCount > 0 && kind === 'latent' ? (
        <LayerControl layer={layer} query={layers} onLayer={setLayer} />
      ) : null}
      {choices === null ? null : (
        <Text size="sm">
          Click a patch to force it at step {(stepIndex ?? 0) + 1}, again to ban it, once more to let it go.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: probe === null ? 1 : 2 }} spacing="md">
        <div>
          {probe === null ? null : <PictureTitle text="Run" />}
          <Picture
            imageUrl={detail.imageUrl}
            trace={trace}
            name="run"
            words={words}
            stepIndex={stepIndex}
            view={view}
            attention={view === 'attention' ? layerRow : null}
            attentionName={attentionName}
            scaleTop={scaleTop}
            choices={choices}
            onPatch={choices === null ? null : props.onPatch}
          />
        </div>
        {probe === null ? null : (
          <div>
            <PictureTitle text={`Try: ${describeProbe(probe)}`} onClose={props.onCloseProbe} />
            <Picture
              imageUrl={detail.imageUrl}
              trace={probeTrace}
              name="try"
              words={words}
              stepIndex={stepIndex}
              view={view}
              attention={null}
              attentionName="mean of all layers"
              scaleTop={scaleTop}
              choices={null}
              onPatch={null}
            />
          </div>
        )}
      </SimpleGrid>
      <Shortage name={probe === null ? '' : 'Run: '} trace={trace} settings={run?.settings ?? null} />
      <Shortage name="Try: " trace={probeTrace} settings={probe?.settings ?? null} />
    </Stack>
  );
}

/** One line of one height over each of two pictures, however long a try's settings are. */
function PictureTitle({ text, onClose }: Readonly<{ text: string; onClose?: () => void }>) {
  return (
    <Group justify="center" gap={4} mb={6} h={26} wrap="nowrap">
      <Tooltip label={text} multiline maw={420}>
        <Text size="sm" fw={600} truncate miw={0}>
          {text}
        </Text>
      </Tooltip>
      {onClose === undefined ? null : (
        <ActionIcon size="sm" variant="subtle" color="gray" onClick={onClose} aria-label="Close the try's picture">
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

type ShortageProps = Readonly<{ name: string; trace: Trace | null; settings: RunSettings | null }>;

function Shortage({ name, trace, settings }: ShortageProps) {
  if (trace === null || settings === null || !isLatent(settings.method)) return null;
  if (settings.intervention === 'no-latent-vision') return null;
  const shortage = poolShortage(trace, settings);
  if (shortage === null) return null;
  return (
    <Text size="xs" c="dimmed" role="note">
      {name}
      {describeShortage(shortage, settings)}
    </Text>
  );
}

function whyNoSteps({ prediction }: QuestionDetail, run: RunSummary | null): string {
  if (prediction.status === 'failed') return 'This question failed, so there are no latent steps.';
  if (prediction.answer.trace === null) return 'Imported predictions bring no latent steps.';
  const method = run?.settings?.method;
  if (method === 'icot') return 'No patches were inserted into this answer.';
  if (method === 'chain-of-focus') return 'The model asked to see no part of the picture larger.';
  if (method !== undefined && !isLatent(method))
    return `${describeMethod(method).title} asks in words: its calls are below the picture.`;
  return 'This run took no latent steps.';
}
