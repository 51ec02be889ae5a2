/**
 * What the window adds to a page that a browser cannot do: paths of dropped files, the system's own dialogs, menus,
 * and a port to the core. The preload script puts it at `window.penumbra`; missing in the web face: pages ask for it
 * and do without.
 */
import { z } from 'zod';

export const pickKinds = ['dataset', 'checkpoint', 'bundle', 'file'] as const;
export type PickKind = (typeof pickKinds)[number];

/** What menus, a dropped or opened file, or a second start of the program ask of the window. */
export const menuCommandSchema = z.discriminatedUnion('kind', [
  /** Go to a page: its address, from `#` on. */
  z.object({ kind: z.literal('go'), hash: z.string().startsWith('#/') }),
  z.object({ kind: z.literal('open-dataset'), path: z.string() }),
  z.object({ kind: z.literal('open-packed-run'), path: z.string() }),
  /** Begin an import with this checkpoint. */
  z.object({ kind: z.literal('import-model'), path: z.string() }),
  /** Export what the page shows. */
  z.object({ kind: z.literal('export') }),
  /** Show what works on this machine. */
  z.object({ kind: z.literal('check-machine') }),
  /** Show the keys that work on this page. */
  z.object({ kind: z.literal('keys') }),
]);
export type MenuCommand = z.infer<typeof menuCommandSchema>;

export type WindowBridge = Readonly<{
  /** Absolute path of a dropped `File`; empty for one that lies on no disk. */
  pathForFile: (file: object) => string;
  /** The system's dialog; null when it was cancelled. */
  pickPath: (request: Readonly<{ title: string; kind: PickKind }>) => Promise<string | null>;
  /** Puts an opened dataset on the system's and the menu's list of recent ones. */
  rememberDataset: (path: string) => void;
  /** Calls the listener for each command, those that came before it included. */
  onMenu: (listener: (command: MenuCommand) => void) => void;
  /** Asks for a port to the core; it comes as a message of the window with `data` = `corePortMessage`. */
  requestCore: () => void;
}>;
