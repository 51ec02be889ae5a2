/**
 * What the window adds to a page that a browser cannot do: paths of dropped files, and the system's own dialogs.
 * Missing in the web face; pages ask for it and do without.
 */
export const pickKinds = ['dataset', 'checkpoint', 'bundle', 'file'] as const;
export type PickKind = (typeof pickKinds)[number];

export type WindowBridge = Readonly<{
  /** Absolute path of a dropped `File`; empty for one that lies on no disk. */
  pathForFile: (file: object) => string;
  /** The system's dialog; null when it was cancelled. */
  pickPath: (request: Readonly<{ title: string; kind: PickKind }>) => Promise<string | null>;
}>;
