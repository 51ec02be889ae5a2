/** Focus, border share and overlap by latent step, right against wrong. */
import type { RunAttention } from '../../../../../shared/run-attention.ts';
import { referenceColour } from '../../../app/palette.ts';
import { percent } from '../../../components/numbers.ts';
import { SeriesCard } from '../../../components/series-card.tsx';
import { capitalNoun, countNote, groupSeries, stepNames, stepNoun } from './step-series.ts';

type CardProps = Readonly<{ attention: RunAttention }>;

const common = (attention: RunAttention) => ({ kind: 'lines', xLabel: capitalNoun(stepNoun(attention)) }) as const;
const whole = (value: number, digits = 0): string => percent(value, digits);

export function FocusCard({ attention }: CardProps) {
  return (
    <SeriesCard
      {...common(attention)}
      title={`Focus by ${stepNoun(attention)}`}
      note={countNote(attention)}
      fileName="vision-focus"
      definition={<FocusDefinition />}
      places={stepNames(attention)}
      series={groupSeries(attention, ({ visionFocus }) => visionFocus)}
      format={(value, digits = 3) => value.toFixed(digits)}
      domain={null}
    />
  );
}

export const FocusDefinition = () => (
  <>
    1 − H / log J, where H is the entropy of the row&apos;s attention over the J image slots, renormalised to 1: 0 when
    it is spread evenly over the image, 1 when it lies on one slot. The paper (arXiv 2510.12603) reports that focus
    rises over the steps.
  </>
);

export function BorderCard({ attention }: CardProps) {
  const expected = {
    label: 'Uniform selection',
    colour: referenceColour,
    dash: '6 4',
    values: attention.all.map(({ borderShareExpected }) => borderShareExpected),
  };
  return (
    <SeriesCard
      {...common(attention)}
      title="Selected patches on the border"
      note={countNote(attention)}
      fileName="border-share"
      definition={
        <>
          Share of the selected slots that lie in the outermost ring of the image grid, mean over questions. The dashed
          line is what selecting uniformly from the whole grid gives. A share far above it means that the model attends
          to the edge whatever the picture shows. Ours; not in the paper.
        </>
      }
      places={stepNames(attention)}
      series={[...groupSeries(attention, ({ borderShare }) => borderShare), expected]}
      format={whole}
    />
  );
}

export function OverlapCard({ attention }: CardProps) {
  return (
    <SeriesCard
      {...common(attention)}
      title={`Overlap with the ${stepNoun(attention) === 'insertion' ? 'insertion' : 'step'} before`}
      note={countNote(attention)}
      fileName="selection-overlap"
      definition={
        <>
          Share of the selected slots that had been selected the time before, too, mean over questions. In latent steps
          without the intervention allow-reuse a slot is used once for each question, so that it is 0. Ours; not in the
          paper.
        </>
      }
      places={stepNames(attention)}
      series={groupSeries(attention, ({ overlapWithPrevious }) => overlapWithPrevious)}
      format={whole}
    />
  );
}
