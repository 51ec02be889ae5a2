/** The way to importing predictions that were made elsewhere; it is on the page of datasets. */
import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { formatRoute } from '../../routing/route.ts';

export function ImportPredictionsButton() {
  return (
    <Button
      component="a"
      href={formatRoute({ page: 'datasets' })}
      variant="default"
      leftSection={<IconFileImport size={16} />}
    >
      Import predictions…
    </Button>
  );
}
