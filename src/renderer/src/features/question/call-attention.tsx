/** Where a call looked while it wrote: the share of pictures against that of text, token by token. Heavy: loaded late. */
import type { ModelCall } from '../../../../shared/trace.ts';
import { massColours } from '../../app/palette.ts';
import { percent } from '../../components/numbers.ts';
import { SeriesCard } from '../../components/series-card.tsx';
import { callTitle } from './call-text.ts';

export type CallAttentionProps = Readonly<{
  call: ModelCall;
  /** Whose: the question's id. */
  name: string;
}>;

export default function CallAttention({ call, name }: CallAttentionProps) {
  const { callIndex, visionMasses, textMasses } = call;
  return (
    <SeriesCard
      kind="lines"
      title={`Attention while writing, call ${String(callIndex + 1)}`}
      note={`${callTitle(call)}; question ${name}`}
      definition={
        <>
          Of the row that each token was chosen from, mean over layers and heads. The two add up to 1; patches that were
          inserted count as pictures.
        </>
      }
      fileName={`${name}-attention-call-${String(callIndex + 1)}`}
      xLabel="Token"
      places={visionMasses.map((_, index) => String(index + 1))}
      series={[
        { label: 'pictures', colour: massColours.visionMass, values: visionMasses },
        { label: 'text', colour: massColours.textMass, values: textMasses, dash: '6 3' },
      ]}
      format={(value, digits = 1) => percent(value, digits)}
      height={150}
    />
  );
}
