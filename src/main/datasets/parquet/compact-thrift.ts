/**
 * The little of Thrift's compact protocol that a parquet page header needs: integers of a struct by field number,
 * nested structs, everything else skipped. hyparquet reads page headers too, but only of chunks it holds whole.
 */

export type ThriftStruct = Readonly<{
  integers: ReadonlyMap<number, number>;
  structs: ReadonlyMap<number, ThriftStruct>;
}>;

/** Where reading stopped because the bytes ran out: the caller reads more and tries again. */
export class OutOfBytes extends Error {}

const maxDepth = 16;

/** Reads one struct at `offset`. Throws `OutOfBytes`, or an `Error` for anything that is not a struct. */
export function readStruct(bytes: Uint8Array, offset: number): { struct: ThriftStruct; end: number } {
  let at = offset;
  const byte = (): number => {
    const value = bytes[at];
    if (value === undefined) throw new OutOfBytes();
    at += 1;
    return value;
  };
  /** Unsigned, up to 64 bits; as a float, exact to 2^53. */
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const part = byte();
      value += (part & 0x7f) * 2 ** shift;
      if (part < 0x80) return value;
    }
    throw new Error('an integer of more than 64 bits');
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const skip = (type: number, depth: number): void => {
    if (depth > maxDepth) throw new Error('structs nested too deeply');
    if (type === 1 || type === 2) return;
    if (type === 3) byte();
    else if (type >= 4 && type <= 6) varint();
    else if (type === 7) at += 8;
    else if (type === 8) {
      const size = varint();
      at += size;
    } else if (type === 9 || type === 10) skipList(depth);
    else if (type === 12) struct(depth + 1);
    else throw new Error(`a value of unknown type ${type}`);
    if (at > bytes.length) throw new OutOfBytes();
  };
  const skipList = (depth: number): void => {
    const header = byte();
    const type = header & 0x0f;
    const count = header >> 4 === 15 ? varint() : header >> 4;
    // Booleans in lists take a byte each.
    for (let item = 0; item < count; item++) skip(type === 1 || type === 2 ? 3 : type, depth + 1);
  };
  const struct = (depth: number): ThriftStruct => {
    if (depth > maxDepth) throw new Error('structs nested too deeply');
    const integers = new Map<number, number>();
    const structs = new Map<number, ThriftStruct>();
    let field = 0;
    for (;;) {
      const header = byte();
      if (header === 0) return { integers, structs };
      const type = header & 0x0f;
      field = header >> 4 === 0 ? zigzag() : field + (header >> 4);
      if (type === 1 || type === 2) integers.set(field, type === 1 ? 1 : 0);
      else if (type >= 4 && type <= 6) integers.set(field, zigzag());
      else if (type === 12) structs.set(field, struct(depth + 1));
      else skip(type, depth);
    }
  };
  const read = struct(0);
  return { struct: read, end: at };
}
