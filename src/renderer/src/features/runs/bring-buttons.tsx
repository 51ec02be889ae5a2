/** Runs made elsewhere: a packed run, or a file of predictions. */
import { Button } from '@mantine/core';
import { IconFileImport, IconPackageImport } from '@tabler/icons-react';
import { useState } from 'react';
import { ImportPredictions } from '../import/import-predictions.tsx';
import { UnpackRun } from '../import/unpack-run.tsx';

export function BringButtons() {
  const [dialog, setDialog] = useState<'unpack' | 'import' | null>(null);
  const close = (): void => setDialog(null);
  return (
    <>
      <Button variant="default" leftSection={<IconPackageImport size={16} />} onClick={() => setDialog('unpack')}>
        Open a packed run…
      </Button>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setDialog('import')}>
        Import predictions…
      </Button>
      <UnpackRun opened={dialog === 'unpack'} onClose={close} />
      <ImportPredictions opened={dialog === 'import'} onClose={close} />
    </>
  );
}
