/** Right, wrong, unparsed or failed by sign, colour and word; light enough for thousands of rows. */
import { IconAlertTriangle, IconCheck, IconHelp, IconX } from '@tabler/icons-react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import classes from './outcome-mark.module.css';

type Outcome = QuestionRow['outcome'];

const icons: Readonly<Record<Outcome, typeof IconCheck>> = {
  right: IconCheck,
  wrong: IconX,
  unparsed: IconHelp,
  failed: IconAlertTriangle,
};

export function OutcomeMark({ outcome }: Readonly<{ outcome: Outcome }>) {
  const Icon = icons[outcome];
  return (
    <span className={classes.mark} data-outcome={outcome}>
      <Icon size={13} stroke={2.4} aria-hidden="true" />
      {outcome}
    </span>
  );
}
