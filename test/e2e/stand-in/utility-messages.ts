/** Between the stand-in and a process that stands in for a utility process. */
export type ToUtility =
  | Readonly<{ kind: 'message'; data: unknown; portIds: readonly number[] }>
  | Readonly<{ kind: 'port-message'; portId: number; data: unknown }>
  | Readonly<{ kind: 'port-close'; portId: number }>;

export type FromUtility =
  | Readonly<{ kind: 'message'; data: unknown }>
  | Readonly<{ kind: 'port-message'; portId: number; data: unknown }>
  | Readonly<{ kind: 'port-close'; portId: number }>;
