/** Says beside a run's name that its model was never trained, so that nobody reads its numbers as results. */
import { Badge, Tooltip } from '@mantine/core';
import { IconDice5 } from '@tabler/icons-react';
import { untrainedText } from '../../../shared/model-warnings.ts';
import type { RunSummary } from '../../../shared/run.ts';

export type RandomWeightsBadgeProps = Readonly<{ run: Pick<RunSummary, 'randomWeights'> | null }>;

/** Nothing for a trained model, and while the run is not known yet. */
export function RandomWeightsBadge({ run }: RandomWeightsBadgeProps) {
  if (run?.randomWeights !== true) return null;
  return (
    <Tooltip label={untrainedText} multiline w={300}>
      <Badge
        color="orange"
        variant="light"
        size="sm"
        radius="sm"
        px={6}
        tabIndex={0}
        style={{ flexShrink: 0 }}
        leftSection={<IconDice5 size={12} aria-hidden="true" style={{ display: 'block' }} />}
      >
        random weights
      </Badge>
    </Tooltip>
  );
}
