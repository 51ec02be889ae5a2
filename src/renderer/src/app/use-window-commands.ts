/** In the desktop app: does what its menus, dropped files and a second start ask for. In a browser nothing asks. */
import { notifications } from '@mantine/notifications';
import { useEffect, useEffectEvent } from 'react';
import { menuCommandSchema, type MenuCommand } from '../../../shared/bridge.ts';
import { client, failureOf } from '../api/client.ts';
import { noteNewlyExcluded } from '../features/import/note-newly-excluded.ts';
import { parseRoute } from '../routing/route.ts';
import { navigate } from '../routing/use-route.ts';
import { exportShownPage } from './export-command.ts';
import { windowBridge } from './window-bridge.ts';

/** The bridge keeps its listeners for as long as the page lives. */
let isListening = false;

/** What the shell itself opens. */
export type ShellCommands = Readonly<{ showKeys: () => void; checkMachine: () => void }>;

export function useWindowCommands({ showKeys, checkMachine }: ShellCommands): void {
  const receive = useEffectEvent((command: MenuCommand) => {
    if (command.kind === 'keys') showKeys();
    else if (command.kind === 'check-machine') checkMachine();
    else void obey(command);
  });
  useEffect(() => {
    const { onMenu, pathForFile } = windowBridge();
    if (isListening || onMenu === undefined || pathForFile === undefined) return;
    isListening = true;
    onMenu((command) => receive(menuCommandSchema.parse(command)));
    // Without this the window would try to show a dropped file.
    window.addEventListener('dragover', (event) => event.preventDefault());
    window.addEventListener('drop', (event) => {
      // A page with a place of its own for files has taken it already.
      const isTaken = event.defaultPrevented;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      const path = isTaken || file === undefined ? '' : pathForFile(file);
      if (path !== '') void obey({ kind: path.endsWith('.penumbra') ? 'open-packed-run' : 'open-dataset', path });
    });
  }, []);
}

async function obey(command: Exclude<MenuCommand, { kind: 'keys' | 'check-machine' }>): Promise<void> {
  try {
    switch (command.kind) {
      case 'go':
        return navigate(parseRoute(command.hash));
      case 'open-dataset': {
        const { datasetId } = await client.datasets.open({ path: command.path });
        windowBridge().rememberDataset?.(command.path);
        return navigate({ page: 'dataset', datasetId, where: [], text: '', offset: 0 });
      }
      case 'open-packed-run': {
        const run = await client.runs.unpack({ file: command.path });
        noteNewlyExcluded(run);
        return navigate({ page: 'run', runId: run.runId, tab: 'overview' });
      }
      case 'import-model':
        return navigate({ page: 'models', importFrom: command.path });
      case 'export':
        if (exportShownPage()) return;
        notifications.show({
          title: 'Nothing to export here',
          message: 'Open a run or one of its questions, or compare runs: they can be exported.',
        });
        return;
    }
  } catch (error) {
    const { message, file, action } = failureOf(error);
    const lines = [file, action].filter((line) => line !== undefined);
    notifications.show({ color: 'red', title: message, message: lines.join('\n'), autoClose: 15_000 });
  }
}
