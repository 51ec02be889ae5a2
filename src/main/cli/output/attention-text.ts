/** Where a run looked, for a terminal: its latent steps, or the calls of a method that reasons in words. */
import type { ExplicitCurve, RunAttention } from '../../../shared/run-attention.ts';
import { count } from './numbers.ts';
import { table } from './table.ts';

/** Parts of a call's length that get a column: its beginning, every quarter and its end. */
const shownParts = [0, 5, 10, 15, 19] as const;

export function attentionText(attention: RunAttention): string {
  const { all, explicit } = attention;
  const tables = [
    ...(all.length === 0 ? [] : [latentTable(attention)]),
    ...(explicit.all.length === 0 ? [] : [explicitTable(attention), domainTable(attention)]),
  ];
  return tables.length === 0 ? 'No answer of the run has a trace.' : tables.filter((text) => text !== '').join('\n\n');
}

const share = (value: number): string => value.toFixed(3);
const outcomeNames = { all: 'all', right: 'right', wrong: 'wrong or unparsed' } as const;
const groups = ['all', 'right', 'wrong'] as const;

function latentTable(attention: RunAttention): string {
  const rows = groups.flatMap((group) => attention[group].map((step) => ({ group, ...step })));
  return table(rows, [
    { header: 'Latent step', align: 'right', cell: ({ stepIndex }) => String(stepIndex) },
    { header: 'Answers', cell: ({ group }) => outcomeNames[group] },
    { header: 'n', align: 'right', cell: ({ questionCount }) => count(questionCount) },
    { header: 'Vision', align: 'right', cell: ({ visionMass }) => share(visionMass) },
    { header: 'Text', align: 'right', cell: ({ textMass }) => share(textMass) },
    { header: 'Latent vision', align: 'right', cell: ({ latentVisionMass }) => share(latentVisionMass) },
    { header: 'Latent text', align: 'right', cell: ({ latentTextMass }) => share(latentTextMass) },
    { header: 'Focus', align: 'right', cell: ({ visionFocus }) => share(visionFocus) },
  ]);
}

function explicitTable({ explicit }: RunAttention): string {
  const rows = groups.flatMap((group) => explicit[group].map((curve) => ({ group, ...curve })));
  return table(rows, [
    { header: 'Generated tokens of', cell: callText },
    { header: 'Answers', cell: ({ group }) => outcomeNames[group] },
    ...curveColumns,
  ]);
}

const domainTable = ({ explicit }: RunAttention): string =>
  explicit.byDomain.length === 0
    ? ''
    : table(explicit.byDomain, [
        { header: 'Generated tokens by domain', cell: ({ domain }) => domain },
        ...curveColumns,
      ]);

const callText = ({ callIndex, purpose }: ExplicitCurve): string =>
  callIndex === null ? 'all calls' : `call ${String(callIndex)} (${purpose ?? ''})`;

const curveColumns = [
  { header: 'Calls', align: 'right' as const, cell: ({ callCount }: ExplicitCurve) => count(callCount) },
  { header: 'Tokens', align: 'right' as const, cell: ({ tokenCount }: ExplicitCurve) => count(tokenCount) },
  { header: 'Vision', align: 'right' as const, cell: ({ visionMass }: ExplicitCurve) => share(visionMass) },
  { header: 'Text', align: 'right' as const, cell: ({ textMass }: ExplicitCurve) => share(textMass) },
  {
    header: 'Vision from beginning to end',
    cell: ({ byPart }: ExplicitCurve) => shownParts.map((part) => share(byPart.visionMass[part] ?? 0)).join(' > '),
  },
];
