/** Marks a run whose answers come from a prediction file: no model answered here, so there are no times and steps. */
import { Badge } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import type { RunSummary } from '../../../shared/run.ts';

export function ImportedBadge({ run }: Readonly<{ run: Pick<RunSummary, 'kind'> }>) {
  if (run.kind !== 'imported') return null;
  return (
    <Badge
      color="gray"
      variant="light"
      radius="sm"
      title="Read from a prediction file; no model answered here"
      style={{ flexShrink: 0 }}
      leftSection={<IconFileImport size={12} aria-hidden="true" style={{ display: 'block' }} />}
    >
      imported
    </Badge>
  );
}
