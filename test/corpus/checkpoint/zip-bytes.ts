/** Zip archives made by hand, field by field, so that every one of them can lie. Layout: PKWARE's APPNOTE. */
import { crc32 } from 'node:zlib';

export type ZipPart = {
  name: string;
  data: Uint8Array;
  /** Lies, each in place of the true value. */
  method?: number;
  flags?: number;
  crc?: number;
  claimedSize?: number;
  claimedCompressedSize?: number;
  claimedOffset?: number;
  localName?: string;
  /** Sizes and offset in a zip64 field, as files above 4 GB have them. */
  zip64?: boolean;
  /** Claim zip64 values without giving them. */
  emptyZip64?: boolean;
};

export type ZipEnd = {
  entryCount?: number;
  directorySize?: number;
  directoryOffset?: number;
  zip64?: boolean;
  zip64Offset?: bigint;
  comment?: string;
};

export function zip(parts: readonly ZipPart[], end: ZipEnd = {}): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const local = localHeader(part);
    directory.push(centralHeader(part, part.claimedOffset ?? offset));
    chunks.push(local, Buffer.from(part.data));
    offset += local.length + part.data.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...chunks, central, endOf(parts.length, central.length, offset, end)]);
}

export function localHeader(part: ZipPart): Buffer {
  const name = Buffer.from(part.localName ?? part.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(part.method ?? 0, 8);
  header.writeUInt32LE(part.crc ?? crc32(part.data), 14);
  header.writeUInt32LE(part.data.length, 18);
  header.writeUInt32LE(part.data.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

export function centralHeader(part: ZipPart, offset: number): Buffer {
  const name = Buffer.from(part.name);
  const size = part.claimedSize ?? part.data.length;
  const compressed = part.claimedCompressedSize ?? part.data.length;
  const wide = part.zip64 === true || part.emptyZip64 === true;
  const extra = part.zip64 === true ? zip64Field([size, compressed, offset]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(part.flags ?? 0, 8);
  header.writeUInt16LE(part.method ?? 0, 10);
  header.writeUInt32LE(part.crc ?? crc32(part.data), 16);
  header.writeUInt32LE(wide ? 0xffff_ffff : compressed, 20);
  header.writeUInt32LE(wide ? 0xffff_ffff : size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(wide ? 0xffff_ffff : offset, 42);
  return Buffer.concat([header, name, extra]);
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

export function endOf(count: number, size: number, offset: number, lies: ZipEnd = {}): Buffer {
  const comment = Buffer.from(lies.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(lies.entryCount ?? count, 0xffff), 10);
  end.writeUInt32LE(lies.zip64 === true ? 0xffff_ffff : (lies.directorySize ?? size), 12);
  end.writeUInt32LE(lies.zip64 === true ? 0xffff_ffff : (lies.directoryOffset ?? offset), 16);
  end.writeUInt16LE(comment.length, 20);
  if (lies.zip64 !== true) return Buffer.concat([end, comment]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x0606_4b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(lies.entryCount ?? count), 32);
  record.writeBigUInt64LE(BigInt(lies.directorySize ?? size), 40);
  record.writeBigUInt64LE(BigInt(lies.directoryOffset ?? offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(lies.zip64Offset ?? BigInt(offset + size), 8);
  return Buffer.concat([record, locator, end, comment]);
}
