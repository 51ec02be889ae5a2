/**
 * The message ports that a process gets from Electron when it runs as a utility process: a property of `process`,
 * described here by what is used of it, so that nothing outside Electron's own part imports `electron`.
 */

/** One end of a channel; what is posted is copied by the structured clone algorithm. */
export type ChannelPort = Readonly<{
  postMessage: (message: unknown) => void;
  on: ((event: 'message', listener: (event: Readonly<{ data: unknown }>) => void) => unknown) &
    ((event: 'close', listener: () => void) => unknown);
  /** Messages wait until this is called. */
  start: () => void;
  close: () => void;
}>;

export type ParentMessage = Readonly<{ data: unknown; ports: readonly ChannelPort[] }>;

export type ParentPort = Readonly<{
  on: (event: 'message', listener: (event: ParentMessage) => void) => unknown;
  postMessage: (message: unknown) => void;
}>;

/** The port to the process that started this one, where that is Electron's. */
export function parentPort(): ParentPort | undefined {
  // Typed as always there by Electron's declarations; it is only there in a utility process.
  return (process as { parentPort?: ParentPort }).parentPort;
}
