/**
 * Lists of numbers as compact little-endian blobs. Slots and ranks take the narrowest integer that holds them
 * all; a pool (ascending slots) is a bit for each slot where that is shorter; attention scores are float32
 * where that loses nothing (the engine computes in float32) and float64 otherwise; image attention is float16.
 * The first byte says which, so that every blob explains itself.
 */
import { fail } from '../../shared/failure.ts';
import { fromFloat16Bits, toFloat16Bits } from './float16.ts';

const tags = { bits: 0, uint8: 1, uint16: 2, uint32: 4, float32: 14, float64: 18, float16: 12 } as const;

/** Slots or ranks, in their order. */
export function packIntegers(values: readonly number[]): Uint8Array {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  const width = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
  const { blob, view } = start(tags[`uint${width === 1 ? 8 : width === 2 ? 16 : 32}`], values.length * width);
  values.forEach((value, index) => {
    if (width === 1) view.setUint8(1 + index, value);
    else if (width === 2) view.setUint16(1 + index * 2, value, true);
    else view.setUint32(1 + index * 4, value, true);
  });
  return blob;
}

/** A set of slots; one bit a slot if the slots ascend. */
export function packSlotSet(slots: readonly number[]): Uint8Array {
  const last = slots.at(-1) ?? -1;
  const ascending = slots.every((slot, index) => index === 0 || slot > (slots[index - 1] ?? -1));
  const byteCount = Math.floor(last / 8) + 1;
  if (!ascending || byteCount > slots.length * 4) return packIntegers(slots);
  const { blob } = start(tags.bits, byteCount);
  for (const slot of slots) {
    const byte = 1 + Math.floor(slot / 8);
    blob[byte] = (blob[byte] ?? 0) | (1 << (slot % 8));
  }
  return blob;
}

/** Real numbers without any loss. */
export function packReals(values: readonly number[]): Uint8Array {
  const single = values.every((value) => Object.is(Math.fround(value), value));
  const { blob, view } = start(single ? tags.float32 : tags.float64, values.length * (single ? 4 : 8));
  values.forEach((value, index) => {
    if (single) view.setFloat32(1 + index * 4, value, true);
    else view.setFloat64(1 + index * 8, value, true);
  });
  return blob;
}

/** Real numbers at half precision. */
export function packHalves(values: readonly number[]): Uint8Array {
  const { blob, view } = start(tags.float16, values.length * 2);
  values.forEach((value, index) => view.setUint16(1 + index * 2, toFloat16Bits(value), true));
  return blob;
}

/** The list that one of the functions above packed. */
export function unpackNumbers(blob: Uint8Array): number[] {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const tag: number = blob[0] ?? -1;
  switch (tag) {
    case tags.bits:
      return bitsOf(blob);
    case tags.uint8:
      return Array.from(blob.subarray(1));
    case tags.uint16:
      return each(blob, 2, (offset) => view.getUint16(offset, true));
    case tags.uint32:
      return each(blob, 4, (offset) => view.getUint32(offset, true));
    case tags.float32:
      return each(blob, 4, (offset) => view.getFloat32(offset, true));
    case tags.float64:
      return each(blob, 8, (offset) => view.getFloat64(offset, true));
    case tags.float16:
      return each(blob, 2, (offset) => fromFloat16Bits(view.getUint16(offset, true)));
    default:
      return fail('store-damaged', 'A list of numbers in the store is damaged.', {
        found: `tag ${tag}`,
        action: 'restore the store from a copy, or delete the run',
      });
  }
}

function start(tag: number, byteCount: number): { blob: Uint8Array; view: DataView } {
  const blob = new Uint8Array(1 + byteCount);
  blob[0] = tag;
  return { blob, view: new DataView(blob.buffer) };
}

function each(blob: Uint8Array, width: number, read: (offset: number) => number): number[] {
  const values: number[] = [];
  // A run's analysis reads tens of millions of numbers, for which Array.from with a function is slow.
  for (let offset = 1; offset + width <= blob.length; offset += width) values.push(read(offset));
  return values;
}

function bitsOf(blob: Uint8Array): number[] {
  const slots: number[] = [];
  for (let byte = 1; byte < blob.length; byte += 1) {
    const bits = blob[byte] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) if (bits & (1 << bit)) slots.push((byte - 1) * 8 + bit);
  }
  return slots;
}
