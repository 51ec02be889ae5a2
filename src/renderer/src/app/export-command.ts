/** File > Export… of the desktop app: the page that is shown says what it exports; the shell asks it to. */
import { useEffect, useEffectEvent } from 'react';

let exportPage: (() => void) | null = null;

/** Answers the menu's Export while the component is mounted. */
export function useExportCommand(run: () => void): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    const own = (): void => latest();
    exportPage = own;
    return () => {
      if (exportPage === own) exportPage = null;
    };
  }, []);
}

/** Has the page that is shown export; false where it has nothing to export. */
export function exportShownPage(): boolean {
  exportPage?.();
  return exportPage !== null;
}
