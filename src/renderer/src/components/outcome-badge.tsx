/** Right, wrong, unparsed or failed: by colour and by word. */
import { Badge } from '@mantine/core';
import type { QuestionRow } from '../../../shared/contract/questions.ts';
import { outcomeColours } from '../app/palette.ts';

export function OutcomeBadge({ outcome }: Readonly<{ outcome: QuestionRow['outcome'] }>) {
  return (
    <Badge color={outcomeColours[outcome]} variant="light" size="sm" radius="sm">
      {outcome}
    </Badge>
  );
}
