/** The window's additions (`src/shared/bridge.ts`), or null in a plain browser. */
import type { WindowBridge } from '../../../shared/bridge.ts';

declare global {
  interface Window {
    readonly penumbra?: Partial<WindowBridge>;
  }
}

/** Asked for anew each time: nothing else in the page may keep it. */
export const windowBridge = (): Partial<WindowBridge> => window.penumbra ?? {};
