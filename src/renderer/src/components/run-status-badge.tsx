/** A run's status: by colour, by sign and by word. A run that waits for its turn says so. */
import { Badge } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import type { RunStatus } from '../../../shared/run.ts';

type Look = Readonly<{ colour: string; icon: typeof IconCheck }>;

const looks: Readonly<Record<RunStatus | 'waiting', Look>> = {
  waiting: { colour: 'gray', icon: IconClock },
  running: { colour: 'violet', icon: IconPlayerPlay },
  paused: { colour: 'yellow', icon: IconPlayerPause },
  interrupted: { colour: 'orange', icon: IconPlugConnectedX },
  finished: { colour: 'teal', icon: IconCheck },
  failed: { colour: 'red', icon: IconAlertTriangle },
};

export type RunStatusBadgeProps = Readonly<{ status: RunStatus; phase?: string | null }>;

export function RunStatusBadge({ status, phase = null }: RunStatusBadgeProps) {
  const shown = status === 'running' && phase === 'waiting' ? 'waiting' : status;
  const { colour, icon: Icon } = looks[shown];
  return (
    <Badge
      color={colour}
      variant="light"
      radius="sm"
      leftSection={<Icon size={12} aria-hidden="true" style={{ display: 'block' }} />}
    >
      {shown}
    </Badge>
  );
}
