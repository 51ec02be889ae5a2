/**
 * The directory of a zip archive with stored (uncompressed) entries, zip64 included: what PyTorch writes. Own code
 * instead of a library, because every claim of the file has to be checked against every other before a position is
 * trusted: entries that overlap, leave the file, differ from their local header or are compressed are refused, so
 * an archive can't unfold into more than its own size. Format: PKWARE's APPNOTE, sections 4.3 and 4.5.3.
 */
import { fail } from '../../shared/failure.ts';
import { asOffset, type WeightFile } from './weight-file.ts';

export type ZipEntry = Readonly<{
  name: string;
  /** First byte of its data in the archive. */
  dataOffset: number;
  sizeBytes: number;
  crc32: number;
}>;

type ClaimedEntry = Omit<ZipEntry, 'dataOffset'> & Readonly<{ headerOffset: number; method: number }>;
type Directory = Readonly<{ offset: number; sizeBytes: number; entryCount: number }>;

const endSize = 22;
const longestComment = 0xffff;
const locatorSize = 20;
const localHeaderSize = 30;
const centralHeaderSize = 46;
const largestDirectoryBytes = 16 * 1024 * 1024;
/** A storage for each tensor; every entry costs a read. */
const mostEntries = 100_000;

/** All entries by name. Fails: `malformed-checkpoint`, `io`. */
export async function readZipDirectory(file: WeightFile): Promise<Map<string, ZipEntry>> {
  const directory = await findDirectory(file);
  if (directory.sizeBytes > largestDirectoryBytes || directory.entryCount > mostEntries) {
    const found = `${directory.entryCount} entries in ${directory.sizeBytes} bytes`;
    malformed(file, 'directory', `at most ${mostEntries} entries in ${largestDirectoryBytes} bytes`, found);
  }
  const bytes = await file.read(directory.offset, directory.sizeBytes);
  const claimed = parseDirectory(file, bytes, directory.entryCount);
  const entries = new Map<string, ZipEntry>();
  let previousEnd = 0;
  for (const entry of claimed.sort((a, b) => a.headerOffset - b.headerOffset)) {
    const place = `entry ${entry.name}`;
    if (entries.has(entry.name)) malformed(file, place, 'each name once', 'a name that occurs twice');
    if (entry.headerOffset < previousEnd) malformed(file, place, 'data of its own', 'an overlap with another entry');
    const dataOffset = await readLocalHeader(file, entry, directory.offset);
    previousEnd = dataOffset + entry.sizeBytes;
    if (previousEnd > directory.offset) {
      malformed(file, place, `data before byte ${directory.offset}`, `data up to byte ${previousEnd}`);
    }
    const { name, sizeBytes, crc32 } = entry;
    entries.set(name, { name, dataOffset, sizeBytes, crc32 });
  }
  return entries;
}

async function findDirectory(file: WeightFile): Promise<Directory> {
  const tailStart = Math.max(0, file.sizeBytes - endSize - longestComment);
  const view = viewOf(await file.read(tailStart, file.sizeBytes - tailStart));
  let end = view.byteLength - endSize;
  const ends = (at: number) => view.getUint32(at, true) === 0x0605_4b50 && isCommentLength(view, at);
  while (end >= 0 && !ends(end)) end--;
  if (end < 0) return malformed(file, 'end', 'the end of a zip archive', 'none: the file is truncated or no archive');
  const endOffset = tailStart + end;
  const directory = {
    entryCount: view.getUint16(end + 10, true),
    sizeBytes: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  const locator = end - locatorSize;
  const isZip64 = locator >= 0 && view.getUint32(locator, true) === 0x0706_4b50;
  const found = isZip64 ? await readZip64End(file, asOffset(view.getBigUint64(locator + 8, true))) : directory;
  if (found.offset + found.sizeBytes > endOffset) {
    malformed(file, 'directory', `a directory before byte ${endOffset}`, `${found.sizeBytes} bytes at ${found.offset}`);
  }
  return found;
}

function isCommentLength(view: DataView, end: number): boolean {
  return view.getUint16(end + 20, true) === view.byteLength - end - endSize;
}

async function readZip64End(file: WeightFile, offset: number): Promise<Directory> {
  if (offset + 56 > file.sizeBytes) malformed(file, 'zip64 end', 'a position inside the file', `byte ${offset}`);
  const view = viewOf(await file.read(offset, 56));
  if (view.getUint32(0, true) !== 0x0606_4b50) malformed(file, 'zip64 end', 'its signature', 'other bytes');
  return {
    entryCount: asOffset(view.getBigUint64(32, true)),
    sizeBytes: asOffset(view.getBigUint64(40, true)),
    offset: asOffset(view.getBigUint64(48, true)),
  };
}

function parseDirectory(file: WeightFile, bytes: Uint8Array<ArrayBuffer>, entryCount: number): ClaimedEntry[] {
  const view = viewOf(bytes);
  const entries: ClaimedEntry[] = [];
  let at = 0;
  while (entries.length < entryCount) {
    const place = `directory entry ${entries.length}`;
    if (at + centralHeaderSize > bytes.length) malformed(file, place, `${entryCount} entries`, `${entries.length}`);
    if (view.getUint32(at, true) !== 0x0201_4b50) malformed(file, place, 'its signature', 'other bytes');
    const nameEnd = at + centralHeaderSize + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const end = extraEnd + view.getUint16(at + 32, true);
    if (end > bytes.length) malformed(file, place, 'an entry inside the directory', 'one that leaves it');
    entries.push(parseEntry(file, view, at, bytes.subarray(at + centralHeaderSize, nameEnd), nameEnd, extraEnd));
    at = end;
  }
  if (at !== bytes.length) malformed(file, 'directory', `${entryCount} entries`, `${bytes.length - at} more bytes`);
  return entries;
}

function parseEntry(
  file: WeightFile,
  view: DataView,
  at: number,
  nameBytes: Uint8Array,
  extraStart: number,
  extraEnd: number,
): ClaimedEntry {
  const name = decodeName(file, nameBytes);
  const place = `entry ${name}`;
  // Sizes and position move to the zip64 field, in this order, where they don't fit.
  const wide = zip64Values(view, extraStart, extraEnd);
  const widen = (value: number): number => {
    if (value !== 0xffff_ffff) return value;
    return wide.shift() ?? malformed(file, place, 'a zip64 field with its sizes', 'none');
  };
  const sizeBytes = widen(view.getUint32(at + 24, true));
  const compressedBytes = widen(view.getUint32(at + 20, true));
  const headerOffset = widen(view.getUint32(at + 42, true));
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & 0x2041) !== 0) malformed(file, place, 'no encryption', 'an encrypted entry');
  if (method !== 0 || compressedBytes !== sizeBytes) {
    malformed(
      file,
      place,
      'stored, uncompressed data, as torch.save writes it',
      `${compressedBytes} bytes that claim to unfold into ${sizeBytes} (method ${method})`,
    );
  }
  return { name, sizeBytes, headerOffset, method, crc32: view.getUint32(at + 16, true) };
}

function zip64Values(view: DataView, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const values: number[] = [];
    const fieldEnd = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    for (let value = at + 4; value + 8 <= fieldEnd; value += 8) values.push(asOffset(view.getBigUint64(value, true)));
    return values;
  }
  return [];
}

async function readLocalHeader(file: WeightFile, entry: ClaimedEntry, directoryOffset: number): Promise<number> {
  const place = `entry ${entry.name}`;
  const nameBytes = new TextEncoder().encode(entry.name);
  const length = localHeaderSize + nameBytes.length;
  if (entry.headerOffset + length > directoryOffset) {
    malformed(file, place, `a header before byte ${directoryOffset}`, `byte ${entry.headerOffset}`);
  }
  const bytes = await file.read(entry.headerOffset, length);
  const view = viewOf(bytes);
  const agrees =
    view.getUint32(0, true) === 0x0403_4b50 &&
    view.getUint16(8, true) === entry.method &&
    view.getUint16(26, true) === nameBytes.length &&
    nameBytes.every((byte, index) => byte === bytes[localHeaderSize + index]);
  if (!agrees) malformed(file, place, 'a local header like the directory entry', `other bytes`);
  return entry.headerOffset + length + view.getUint16(28, true);
}

function decodeName(file: WeightFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed(file, 'directory', 'names in UTF-8', 'other bytes');
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(file: WeightFile, place: string, expected: string, found: string): never {
  return fail('malformed-checkpoint', `${file.path} is not a sound PyTorch archive (${place}).`, {
    file: file.path,
    place,
    expected,
    found,
    action: 'Download the file again, or save it anew with torch.save.',
  });
}
