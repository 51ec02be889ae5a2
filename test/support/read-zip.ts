/** Reads a zip whose entries are deflated, as strictly as a test needs: what is stated has to be so. */
import { crc32, inflateRawSync } from 'node:zlib';
import { expect } from 'vitest';

/** Texts by name, from the zip's central directory; sizes and checksums are those it states. */
export function readZip(zip: Buffer): Record<string, string> {
  const texts: Record<string, string> = {};
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    expect([content.length, crc32(content)]).toEqual([zip.readUInt32LE(at + 24), zip.readUInt32LE(at + 16)]);
    texts[name] = content.toString('utf8');
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (noteLength ?? 0);
  }
  return texts;
}
