/** Random access into Snappy streams: fragments, streams whose copies reach across them, and broken streams. */
import { snappyUncompress } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { ByteRanges } from '../../../src/main/datasets/byte-ranges.ts';
import { createSnappyContent } from '../../../src/main/datasets/parquet/snappy-content.ts';
import { expectFailure } from '../../support/expect-failure.ts';

type Element = Readonly<{ literal: Uint8Array } | { copy: number; size: number }>;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function encode(elements: readonly Element[]): { packed: Uint8Array; rawSize: number } {
  const out: number[] = [];
  let rawSize = 0;
  for (const element of elements) rawSize += 'literal' in element ? element.literal.length : element.size;
  for (let rest = rawSize; ; rest = Math.floor(rest / 128)) {
    out.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  for (const element of elements) {
    if ('literal' in element) {
      const size = element.literal.length - 1;
      if (size < 60) out.push(size << 2);
      else out.push(62 << 2, size & 0xff, (size >> 8) & 0xff, (size >> 16) & 0xff);
      for (const byte of element.literal) out.push(byte);
    } else if (element.copy < 2048 && element.size >= 4 && element.size <= 11) {
      out.push(1 | ((element.size - 4) << 2) | ((element.copy >> 8) << 5), element.copy & 0xff);
    } else {
      const { copy, size } = element;
      out.push(3 | ((size - 1) << 2), copy & 0xff, (copy >> 8) & 0xff, (copy >> 16) & 0xff, copy >> 24);
    }
  }
  return { packed: Uint8Array.from(out), rawSize };
}

/** Short reads are answered as a file's are: at once, or (here every second one) by a promise of more. */
function contentOf(packed: Uint8Array, rawSize: number, { promises = true, tally = { bytes: 0 } } = {}) {
  const slice = (start: number, end: number): Buffer<ArrayBuffer> => {
    tally.bytes += end - start;
    return Buffer.from(packed.subarray(start, end));
  };
  let reads = 0;
  const bytes: ByteRanges = {
    file: 'stream',
    sizeBytes: packed.length,
    read: async (start, end) => slice(start, end),
    readNext(start, end, ahead) {
      reads += 1;
      return promises && reads % 2 === 0 ? Promise.resolve(slice(start, ahead)) : slice(start, end);
    },
    close: async () => {},
  };
  const page = {
    start: 0,
    compressedSize: packed.length,
    uncompressedSize: rawSize,
    codec: 'SNAPPY',
    place: 'page',
  } as const;
  return createSnappyContent(bytes, page);
}

function literal(random: () => number, size: number): Element {
  return { literal: Uint8Array.from({ length: size }, () => Math.floor(random() * 256)) };
}

/** Elements as an encoder writes them: nothing reaches across a multiple of 64 KiB. `crossing`: copies that do. */
function elementsOf(random: () => number, fragments: number, crossing: number): Element[] {
  const elements: Element[] = [];
  for (let fragment = 0; fragment < fragments; fragment++) {
    let filled = 0;
    while (filled < 65536) {
      const left = 65536 - filled;
      if (fragment > 0 && random() < crossing) {
        const size = Math.min(left, 1 + Math.floor(random() * 60));
        elements.push({ copy: filled + 1 + Math.floor(random() * 60000), size });
        filled += size;
      } else if (filled > 100 && random() < 0.5) {
        const size = Math.min(left, 4 + Math.floor(random() * 60));
        elements.push({ copy: 1 + Math.floor(random() * (filled - 1)), size });
        filled += size;
      } else {
        const size = Math.min(left, 1 + Math.floor(random() ** 3 * 30000));
        elements.push(literal(random, size));
        filled += size;
      }
    }
  }
  return elements;
}

describe.each([
  ['independent fragments', 0],
  ['a copy across fragments now and then', 0.02],
  ['copies across fragments everywhere', 0.5],
])('%s', (_, crossing) => {
  test.each([1, 2, 3])('any range equals the stream decoded whole (seed %i)', async (seed) => {
    const random = seeded(seed);
    const { packed, rawSize } = encode(elementsOf(random, 7, crossing));
    const whole = new Uint8Array(rawSize);
    snappyUncompress(packed, whole);
    const content = contentOf(packed, rawSize);
    for (let index = 0; index < 60; index++) {
      const from = Math.floor(random() * rawSize);
      const size = random() < 0.4 ? 4 : Math.floor(random() * 200_000);
      const to = Math.min(rawSize, from + size);
      expect(Buffer.compare(await content.read(from, to), whole.subarray(from, to)), `${from} to ${to}`).toBe(0);
    }
  });
});

test('what lies in long literals is passed over unread', async () => {
  const random = seeded(4);
  const images = Array.from({ length: 60 }, () => literal(random, 65536));
  const { packed, rawSize } = encode(images);
  const tally = { bytes: 0 };
  const content = contentOf(packed, rawSize, { promises: false, tally });
  const wanted = images.at(-1);
  expect.assert(wanted !== undefined && 'literal' in wanted);
  expect(Buffer.compare(await content.read(rawSize - 65536, rawSize), wanted.literal)).toBe(0);
  expect(tally.bytes).toBeLessThan(packed.length / 8);
});

describe('broken streams fail, typed', () => {
  const random = seeded(9);
  const { packed, rawSize } = encode(elementsOf(random, 3, 0));
  const end = rawSize;

  test.each([
    ['another length than the page says', packed, rawSize + 1],
    ['cut inside a literal', packed.subarray(0, packed.length - 5000), rawSize],
    ['nothing', new Uint8Array(0), rawSize],
    ['a copy from before the start', encode([literal(random, 70), { copy: 500, size: 20 }]).packed, 90],
    ['a copy from nowhere', encode([literal(random, 70), { copy: 0, size: 20 }]).packed, 90],
  ])('%s', async (_, stream, size) => {
    await expectFailure(
      () => contentOf(stream, size).read(Math.min(end, size) - 10, Math.min(end, size)),
      'malformed-file',
    );
  });

  test('random damage gives bytes or a typed failure, never more', async () => {
    for (let round = 0; round < 200; round++) {
      const damaged = packed.slice();
      for (let index = 0; index < 3; index++)
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const from = Math.floor(random() * rawSize);
      const read = contentOf(damaged, rawSize).read(from, Math.min(rawSize, from + 1000));
      await read.catch((error: unknown) => expectFailure(() => Promise.reject(error), 'malformed-file'));
    }
  });
});
