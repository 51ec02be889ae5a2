/** Which binding a key press means: a key alone, or the second of a sequence that another began in time. */

/** `at` in milliseconds. */
export type KeyPress = Readonly<{ key: string; at: number }>;

/** How long the second key of a sequence may take. */
const sequenceMs = 1200;

type Bindings = readonly Readonly<{ keys: readonly string[] }>[];

export type KeyMeaning =
  | Readonly<{ kind: 'binding'; layer: number; index: number; pressed: string }>
  /** The press may begin a sequence: to be handed in with the next one. */
  | Readonly<{ kind: 'waiting'; press: KeyPress }>
  | Readonly<{ kind: 'nothing' }>;

/**
 * @param layers earlier ones go before later ones
 * @param before the press that waits for its second key
 */
export function meaningOf(
  layers: readonly Readonly<{ bindings: Bindings }>[],
  press: KeyPress,
  before: KeyPress | null,
): KeyMeaning {
  const isInTime = before !== null && press.at - before.at < sequenceMs;
  for (const pressed of isInTime ? [`${before.key} ${press.key}`, press.key] : [press.key]) {
    for (const [layer, { bindings }] of layers.entries()) {
      const index = bindings.findIndex(({ keys }) => keys.includes(pressed));
      if (index !== -1) return { kind: 'binding', layer, index, pressed };
    }
  }
  const begins = layers.some(({ bindings }) =>
    bindings.some(({ keys }) => keys.some((each) => each.startsWith(`${press.key} `))),
  );
  return begins ? { kind: 'waiting', press } : { kind: 'nothing' };
}
