/** Between the stand-in and the shim in its page. */
export type PageMessage = Readonly<{
  kind: 'send' | 'invoke' | 'open' | 'message' | 'port-message' | 'port-close';
  /** A channel's name, or an address to open. */
  name?: string;
  /** With `message`: the port that comes along, 0 for none. */
  portId?: number;
  data?: Readonly<{ json?: unknown; base64?: string }> | undefined;
}>;

export type PageWire = Readonly<{
  standIn: (message: PageMessage) => Promise<unknown>;
  standInReceive: (message: PageMessage) => void;
}>;
