/** The columns of the table: what each shows, how wide it starts, and the order that its header asks for. */
import type { ReactNode } from 'react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import type { QuestionOrder } from '../../../../shared/question-order.ts';
import { milliseconds } from '../../components/numbers.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import classes from './question-table.module.css';

export type QuestionColumn = Readonly<{
  id: string;
  title: string;
  /** What the abbreviation stands for; on hover. */
  hint?: string;
  order: QuestionOrder | null;
  size: number;
  align?: 'right' | 'center';
  /** Shown unless the reader chose otherwise. */
  byDefault: boolean;
  /** Columns with the largest number make room first in a narrow window. */
  dispensable: number;
  cell: (row: QuestionRow) => ReactNode;
}>;

/** The first column has the link and takes what room is left; it is always there. */
export const columns: readonly QuestionColumn[] = [
  {
    id: 'outcome',
    title: 'Outcome',
    order: 'outcome',
    size: 118,
    byDefault: true,
    dispensable: 0,
    cell: ({ outcome }) => <OutcomeMark outcome={outcome} />,
  },
  {
    id: 'gold',
    title: 'Gold',
    hint: 'Letter of the gold answer',
    order: 'gold',
    size: 62,
    align: 'center',
    byDefault: true,
    dispensable: 1,
    cell: ({ gold }) => gold ?? '–',
  },
  {
    id: 'predicted',
    title: 'Read',
    hint: 'Letter that the scorer read in the output',
    order: 'predicted',
    size: 62,
    align: 'center',
    byDefault: true,
    dispensable: 1,
    cell: ({ predicted }) => predicted ?? '–',
  },
  {
    id: 'category',
    title: 'Category',
    hint: 'Domain and topic',
    order: 'category',
    size: 150,
    byDefault: true,
    dispensable: 2,
    cell: ({ domain, topic }) => (
      <>
        <span className={classes.line}>{domain}</span>
        <span className={classes.detail}>{topic}</span>
      </>
    ),
  },
  {
    id: 'ar-steps',
    title: 'AR steps',
    hint: 'Autoregressive steps: latent steps and generated tokens',
    order: 'ar-steps',
    size: 84,
    align: 'right',
    byDefault: true,
    dispensable: 4,
    cell: ({ arSteps }) => arSteps ?? '–',
  },
  {
    id: 'time',
    title: 'Time',
    hint: 'Model time of the question',
    order: 'time',
    size: 92,
    align: 'right',
    byDefault: true,
    dispensable: 3,
    cell: ({ totalMs }) => milliseconds(totalMs),
  },
  {
    id: 'focus',
    title: 'Focus',
    hint: 'Vision focus at the step sorted by, or the last',
    order: 'focus',
    size: 76,
    align: 'right',
    byDefault: true,
    dispensable: 6,
    cell: ({ visionFocus }) => share(visionFocus),
  },
  {
    id: 'vision-mass',
    title: 'Mass',
    hint: 'Vision mass at the step sorted by, or the last',
    order: 'vision-mass',
    size: 76,
    align: 'right',
    byDefault: false,
    dispensable: 7,
    cell: ({ visionMass }) => share(visionMass),
  },
  {
    id: 'tags',
    title: 'Tags',
    order: null,
    size: 130,
    byDefault: true,
    dispensable: 5,
    cell: ({ tags }) => (
      <span className={classes.tags}>
        {tags.map((tag) => (
          <span key={tag} className={classes.tag} title={tag}>
            {tag}
          </span>
        ))}
      </span>
    ),
  },
];

const share = (value: number | null): string => value?.toFixed(3) ?? '–';

export const shownByDefault: readonly string[] = columns.filter(({ byDefault }) => byDefault).map(({ id }) => id);
