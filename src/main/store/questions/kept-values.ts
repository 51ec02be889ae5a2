/**
 * Values computed from runs, kept up to a number of bytes: the least recently used goes first, whoever it belongs to.
 * The one computed last stays, also where it alone is more.
 */

/** A value that knows its size, because it holds it where nobody sees. */
export type Sized = Readonly<{ sizeBytes: number }>;

export type KeptValues = Readonly<{
  /** What an owner keeps values with: what `compute` gives for a key, computed once. */
  of: (owner: string) => <Value>(key: string, compute: () => Value) => Value;
  /** Drops all that is kept of an owner. */
  forget: (owner: string) => void;
  keptBytes: () => number;
}>;

type Kept = Readonly<{ owner: string; value: unknown; bytes: number }>;

export function createKeptValues(mostBytes: number): KeptValues {
  // In the order of use.
  const values = new Map<string, Kept>();
  let keptBytes = 0;
  const drop = (key: string, { bytes }: Kept): void => {
    values.delete(key);
    keptBytes -= bytes;
  };
  return {
    of:
      (owner) =>
      <Value>(name: string, compute: () => Value): Value => {
        const key = `${owner}\n${name}`;
        const known = values.get(key);
        if (known !== undefined) {
          values.delete(key);
          values.set(key, known);
          // The key says what it is of.
          return known.value as Value;
        }
        const value = compute();
        const bytes = key.length * 2 + bytesOf(value);
        values.set(key, { owner, value, bytes });
        keptBytes += bytes;
        for (const [oldestKey, oldest] of values) {
          if (keptBytes <= mostBytes || oldestKey === key) break;
          drop(oldestKey, oldest);
        }
        return value;
      },
    forget: (owner) => {
      for (const [key, kept] of values) if (kept.owner === owner) drop(key, kept);
    },
    keptBytes: () => keptBytes,
  };
}

/** What an object or an entry of a list takes besides its content, about. */
const slotBytes = 16;

/** About how much memory a value holds: exact for typed arrays, which nearly everything is. */
export function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return slotBytes + value.length * 2;
  if (typeof value !== 'object' || value === null) return slotBytes;
  if ('sizeBytes' in value && typeof value.sizeBytes === 'number') return value.sizeBytes;
  let sum = slotBytes;
  for (const part of Object.values(value)) sum += slotBytes + bytesOf(part);
  return sum;
}
