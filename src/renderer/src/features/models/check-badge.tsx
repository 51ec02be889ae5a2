/** What a model's check found: by word, shape and colour. */
import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconHelp } from '@tabler/icons-react';
import type { ModelReport } from '../../../../shared/contract/models.ts';
import { checkState, type CheckState } from './model-words.ts';

const looks: Readonly<Record<CheckState, Readonly<{ colour: string; icon: typeof IconCheck }>>> = {
  ready: { colour: 'teal', icon: IconCheck },
  'does not answer': { colour: 'red', icon: IconAlertTriangle },
  'machine computes wrong': { colour: 'orange', icon: IconAlertTriangle },
  'not checked': { colour: 'gray', icon: IconHelp },
};

export function CheckBadge({ report }: Readonly<{ report: ModelReport | null }>) {
  const state = checkState(report);
  const { colour, icon: Icon } = looks[state];
  return (
    <Badge color={colour} variant="light" radius="sm" leftSection={<Icon size={14} aria-hidden="true" />}>
      {state}
    </Badge>
  );
}
