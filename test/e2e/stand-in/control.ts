/** The stand-in's wire to the test that started it: what the program did, and what the test does to it. */

/** Something the program asked of Electron: `window.setProgressBar`, `notification.show`, … */
export type Call = Readonly<{ name: string; details: unknown }>;

export type FromStandIn =
  | Readonly<{ kind: 'page'; devtoolsPort: number }>
  | Readonly<{ kind: 'call'; call: Call }>
  | Readonly<{ kind: 'done'; commandId: number; result: unknown }>;

export type Command =
  | Readonly<{ do: 'click-menu'; path: readonly string[] }>
  /** What the next dialog answers. */
  | Readonly<{ do: 'answer-dialog'; response?: number; filePaths?: readonly string[] }>
  | Readonly<{ do: 'second-instance'; argv: readonly string[]; folder: string }>
  | Readonly<{ do: 'focus'; isFocused: boolean }>
  | Readonly<{ do: 'click-notification' }>
  | Readonly<{ do: 'close-window' }>
  | Readonly<{ do: 'quit' }>
  | Readonly<{ do: 'gone-page'; reason: string }>
  | Readonly<{ do: 'request'; address: string; method: string }>
  | Readonly<{ do: 'processes' }>;

export type ToStandIn = Readonly<{ commandId: number; command: Command }>;

const send = (message: FromStandIn): void => void process.send?.(message);

/** Tells the test what the program did. */
export const report = (name: string, details: unknown = null): void => send({ kind: 'call', call: { name, details } });
export const reportPage = (devtoolsPort: number): void => send({ kind: 'page', devtoolsPort });

type Handler<Name extends Command['do']> = (command: Extract<Command, { do: Name }>) => unknown;
const handlers = new Map<string, (command: never) => unknown>();

/** Says what a command of the test does. */
export function onCommand<Name extends Command['do']>(name: Name, handler: Handler<Name>): void {
  handlers.set(name, handler);
}

process.on('message', ({ commandId, command }: ToStandIn) => {
  const run = async (): Promise<void> => {
    const result: unknown = await handlers.get(command.do)?.(command as never);
    send({ kind: 'done', commandId, result: result ?? null });
  };
  void run();
});
