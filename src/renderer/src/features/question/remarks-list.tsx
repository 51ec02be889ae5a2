/** What was wrong with something that the model wrote or was to be shown: said, and no more than said. */
import { Box, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { remarkTitles } from '../../../../shared/remark-titles.ts';
import type { Remark } from '../../../../shared/trace.ts';
import { plainText } from '../../components/plain-text.ts';
import classes from './remarks-list.module.css';

export type RemarksListProps = Readonly<{
  remarks: readonly Remark[];
  /** The list stands outside its calls. */
  namesCalls: boolean;
}>;

export function RemarksList({ remarks, namesCalls }: RemarksListProps) {
  if (remarks.length === 0) return null;
  return (
    <ul className={classes.remarks} aria-label="Remarks">
      {remarks.map(({ kind, callIndex, found }, index) => (
        <li key={index} data-remark={kind}>
          <IconInfoCircle size={15} aria-hidden="true" className={classes.icon} />
          <Box miw={0}>
            <Text span inherit fw={600}>
              {remarkTitles[kind]}
              {namesCalls && callIndex !== null ? ` (call ${String(callIndex + 1)})` : ''}
            </Text>{' '}
            <Text span inherit style={{ overflowWrap: 'anywhere' }}>
              {plainText(found)}
            </Text>
          </Box>
        </li>
      ))}
    </ul>
  );
}
