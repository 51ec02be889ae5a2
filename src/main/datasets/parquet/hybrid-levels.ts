/**
 * Parquet's RLE / bit-packed hybrid: definition levels and dictionary indices of a page. Runs are read only as far
 * as the wanted number of values.
 */

/** Throws an `Error` where the bytes end before `count` values. */
export function decodeHybrid(bytes: Uint8Array, bitWidth: number, count: number): Uint32Array {
  const values = new Uint32Array(count);
  if (bitWidth === 0) return values;
  if (bitWidth > 32) throw new Error(`levels of ${bitWidth} bits`);
  let at = 0;
  let filled = 0;
  const byte = (): number => {
    const value = bytes[at];
    if (value === undefined) throw new Error('the levels end early');
    at += 1;
    return value;
  };
  while (filled < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const part = byte();
      header += (part & 0x7f) * 2 ** shift;
      if (part < 0x80) break;
      if (shift > 35) throw new Error('a run header of more than 32 bits');
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      let value = 0;
      for (let index = 0; index < Math.ceil(bitWidth / 8); index++) value += byte() * 2 ** (8 * index);
      const end = Math.min(count, filled + length);
      if (length === 0) throw new Error('an empty run');
      values.fill(value, filled, end);
      filled = end;
      continue;
    }
    // Groups of eight values, lowest bit first.
    let held = 0;
    let heldBits = 0;
    const end = Math.min(count, filled + length * 8);
    if (end === filled) throw new Error('an empty run');
    const next = at + length * bitWidth;
    while (filled < end) {
      while (heldBits < bitWidth) {
        held += byte() * 2 ** heldBits;
        heldBits += 8;
      }
      values[filled] = held % 2 ** bitWidth;
      held = Math.floor(held / 2 ** bitWidth);
      heldBits -= bitWidth;
      filled += 1;
    }
    at = next;
  }
  return values;
}
