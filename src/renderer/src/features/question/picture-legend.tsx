/** Under the picture: what its colours, outlines and fills mean at the step that is drawn. */
import { Box, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ImageGeometry } from '../../../../shared/trace.ts';
import { overlayColours, stepColour } from '../../app/palette.ts';
import type { AttentionRange, PatchMark } from './overlay-model.ts';
import type { PatchChoice } from './patch-choices.ts';
import classes from './picture-legend.module.css';
import { shareText } from './share-text.ts';
import type { RegionMark } from './region-marks.ts';
import { slotName } from './slot-name.ts';
import type { StepWords } from './step-words.ts';

/** More steps than this are not listed one by one: their numbers are in the picture. */
const mostListed = 8;

export type PatchLegendProps = Readonly<{
  marks: readonly PatchMark[];
  words: StepWords;
  stepIndex: number | null;
  /** Of the trace; the chosen step may be none of them where the other picture has more. */
  stepCount: number;
  /** Forced and banned patches of the step. */
  choices: readonly PatchChoice[];
}>;

export function PatchLegend({ marks, words, stepIndex, stepCount, choices }: PatchLegendProps) {
  const amount = (role: PatchMark['role'], step?: number): number =>
    marks.filter((mark) => mark.role === role && (step === undefined || mark.stepIndex === step)).length;
  const isAbsent = stepIndex !== null && stepIndex >= stepCount;
  const listed =
    stepIndex === null
      ? Array.from({ length: Math.min(stepCount, mostListed) }, (_, index) => index)
      : isAbsent
        ? []
        : [stepIndex];
  return (
    <Legend>
      {listed.map((step) => (
        <Entry
          key={step}
          swatch={<SelectedSwatch colour={stepColour(step)} />}
          text={`${words.short} ${String(step + 1)}: ${String(amount('selected', step))} ${words.taken}`}
        />
      ))}
      {listed.length < stepCount && stepIndex === null ? (
        <Text component="li" size="xs">
          and so on to {words.short} {stepCount}: numbers in the picture
        </Text>
      ) : null}
      {stepIndex === null || amount('used') === 0 ? null : (
        <Entry swatch={<UsedSwatch />} text={`${String(amount('used'))} selected earlier`} />
      )}
      <Entry
        swatch={<PoolSwatch />}
        text={`${String(amount('pool'))} ${stepIndex === null ? `never ${words.taken}` : words.left}`}
      />
      {(['forced', 'banned'] as const)
        .filter((kind) => choices.some((choice) => choice.kind === kind))
        .map((kind) => (
          <Entry key={kind} swatch={<ChoiceSwatch kind={kind} />} text={`${kind} in the try`} />
        ))}
      {isAbsent ? null : (
        <Text component="li" size="xs" c="dimmed">
          stronger fill: more attention
        </Text>
      )}
    </Legend>
  );
}

export type HeatLegendProps = Readonly<{
  geometry: ImageGeometry;
  range: AttentionRange;
  /** Share of attention that is drawn strongest. */
  scaleTop: number;
  /** `step 2, mean of all layers` */
  source: string;
  /** Whose attention it is: `query row` */
  row: string;
}>;

export function HeatLegend({ geometry, range, scaleTop, source, row }: HeatLegendProps) {
  const slotCount = geometry.gridRows * geometry.gridColumns;
  return (
    <>
      <Group gap="2px 8px" justify="center" role="group" aria-label="Scale of the heat map">
        <Group gap={8} wrap="nowrap" style={{ whiteSpace: 'nowrap' }}>
          <Text size="xs">0 %</Text>
          <Box className={classes.scale} style={{ '--heat': overlayColours.attention }} aria-hidden="true" />
          <Text size="xs">{shareText(scaleTop)}</Text>
        </Group>
        <Text size="xs">of the attention of the {row}, per patch</Text>
        <Text size="xs" c="dimmed">
          {source}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" ta="center" mt={2}>
        {shareText(range.least)} to {shareText(range.most)} ({slotName(geometry, range.mostSlot)}), mean{' '}
        {shareText(range.total / slotCount)}; all patches together {shareText(range.total)}
      </Text>
    </>
  );
}

export function RegionLegend({ marks }: Readonly<{ marks: readonly RegionMark[] }>) {
  return (
    <Legend>
      {marks.map(({ index, region }) => (
        <Entry
          key={index}
          swatch={<SelectedSwatch colour={stepColour(index)} />}
          text={`region ${String(index + 1)}, call ${String(region.callIndex + 1)}`}
        />
      ))}
      <Text component="li" size="xs" c="dimmed">
        dashed: asked for; solid: shown larger
      </Text>
    </Legend>
  );
}

const Legend = ({ children }: Readonly<{ children: ReactNode }>) => (
  <ul className={classes.legend} aria-label="Legend of the picture">
    {children}
  </ul>
);

const Entry = ({ swatch, text }: Readonly<{ swatch: ReactNode; text: string }>) => (
  <li>
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      {swatch}
    </svg>
    {text}
  </li>
);

const SelectedSwatch = ({ colour }: Readonly<{ colour: string }>) => (
  <>
    <rect x="1.5" y="1.5" width="11" height="11" fill="none" stroke="#000" strokeOpacity="0.45" strokeWidth="3" />
    <rect x="1.5" y="1.5" width="11" height="11" fill={colour} fillOpacity="0.5" stroke={colour} strokeWidth="2" />
  </>
);

const UsedSwatch = () => (
  <>
    <rect width="14" height="14" fill={overlayColours.used} fillOpacity="0.65" />
    <path d="M-1 8 L8 -1 M3 14 L14 3" stroke="#fff" strokeOpacity="0.55" strokeWidth="2.5" />
  </>
);

const PoolSwatch = () => (
  <rect
    x="1"
    y="1"
    width="12"
    height="12"
    fill="none"
    stroke={overlayColours.pool}
    strokeWidth="1.5"
    strokeDasharray="2 2"
  />
);

function ChoiceSwatch({ kind }: Pick<PatchChoice, 'kind'>) {
  const path = kind === 'forced' ? 'M2 8 L6 12 L12 2' : 'M2 2 L12 12 M12 2 L2 12';
  return (
    <g fill="none" strokeLinecap="round" strokeLinejoin="round">
      <path d={path} stroke="#000" strokeWidth="4.5" />
      <path d={path} stroke={overlayColours[kind]} strokeWidth="2.5" />
    </g>
  );
}
