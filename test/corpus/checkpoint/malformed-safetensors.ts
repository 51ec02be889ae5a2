/** Malformed safetensors: what is wrong, the bytes, and the failure that must come of it. */
import type { FailureKind } from '../../../src/shared/failure.ts';
import { counting, safetensors, safetensorsFile } from './safetensors-bytes.ts';

export type MalformedFile = {
  name: string;
  bytes: () => Uint8Array;
  kind: FailureKind;
  /** Part of the failure's `place`. */
  place: string;
  /** Part of its `found`, where the case is about that. */
  found?: string;
};

const entry = (dtype: unknown, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });
const file = (header: object, dataBytes: number) => safetensorsFile(JSON.stringify(header), new Uint8Array(dataBytes));
const wrong = (name: string, place: string, bytes: () => Uint8Array, found?: string): MalformedFile => ({
  name,
  place,
  bytes,
  kind: 'malformed-checkpoint',
  ...(found !== undefined && { found }),
});

const sound = safetensors({ a: counting([2, 3]), b: counting([4]) });

export const malformedSafetensors: readonly MalformedFile[] = [
  wrong('an empty file', 'byte 0', () => new Uint8Array(0)),
  wrong('seven bytes', 'byte 0', () => new Uint8Array(7)),
  wrong('nothing but a length', 'byte 0', () => safetensorsFile('', undefined, 2n)),
  wrong('a header length of 0', 'byte 0', () => safetensorsFile('{}', undefined, 0n)),
  wrong('a header length beyond the file', 'byte 0', () => safetensorsFile('{}', undefined, 1000n)),
  wrong('a header length of 2^63', 'byte 0', () => safetensorsFile('{}', undefined, 2n ** 63n)),
  wrong('a header length of 2^64 - 1', 'byte 0', () => safetensorsFile('{}', undefined, 2n ** 64n - 1n)),
  wrong('a header length above the bound', 'byte 0', () => safetensorsFile('{}', undefined, 2n ** 25n + 1n)),
  wrong('a file cut in its header', 'byte 0', () => sound.subarray(0, 40)),
  wrong('a file cut in its data', 'tensor b', () => sound.subarray(0, -4)),
  wrong('a web page', 'byte 0', () => Buffer.from('<!DOCTYPE html><html><body>404: Not Found</body></html>')),
  wrong('a Git LFS pointer', 'byte 0', () => Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00')),
  wrong('a header that is no JSON', 'header', () => safetensorsFile('{"a": {"dtype"')),
  wrong('a header that is not UTF-8', 'header', () => safetensorsFile(Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x7d))),
  wrong('a header that is an array', 'header', () => safetensorsFile('[]')),
  wrong('a header that is null', 'header', () => safetensorsFile('null')),
  wrong('a header of 20,000 nested arrays', 'header', () =>
    safetensorsFile(`{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  ),
  wrong('a header of 4 million open brackets', 'header', () => safetensorsFile('['.repeat(4_000_000))),
  wrong('a tensor that is a number', 'tensor a', () => file({ a: 7 }, 0)),
  wrong('a tensor without a shape', 'tensor a', () => file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'shape'),
  wrong('a negative dimension', 'tensor a', () => file({ a: entry('F32', [-1], [0, 4]) }, 4), 'shape'),
  wrong('a fractional dimension', 'tensor a', () => file({ a: entry('F32', [1.5], [0, 6]) }, 6), 'shape'),
  wrong('a dimension above 2^53', 'tensor a', () => file({ a: entry('F32', [2 ** 60], [0, 4]) }, 4), 'shape'),
  wrong('a product of dimensions above 2^53', 'tensor a', () =>
    file({ a: entry('F32', [2 ** 40, 2 ** 40], [0, 4]) }, 4),
  ),
  wrong('a thousand dimensions', 'tensor a', () =>
    file(
      {
        a: entry(
          'F32',
          Array.from({ length: 1000 }, () => 1),
          [0, 4],
        ),
      },
      4,
    ),
  ),
  wrong('negative offsets', 'tensor a', () => file({ a: entry('F32', [1], [-4, 0]) }, 4), 'data_offsets'),
  wrong('one offset', 'tensor a', () => file({ a: entry('F32', [1], [0]) }, 4), 'data_offsets'),
  wrong('offsets that are texts', 'tensor a', () => file({ a: entry('F32', [1], ['0', '4']) }, 4), 'data_offsets'),
  wrong('offsets the wrong way round', 'tensor a', () => file({ a: entry('F32', [1], [4, 0]) }, 4)),
  wrong('offsets beyond the file', 'tensor a', () => file({ a: entry('F32', [4], [0, 16]) }, 4)),
  wrong('offsets far beyond the file', 'tensor a', () => file({ a: entry('F32', [2 ** 50], [0, 2 ** 52]) }, 4)),
  wrong('fewer bytes than the shape needs', 'tensor a', () => file({ a: entry('F32', [2], [0, 4]) }, 4)),
  wrong('more bytes than the shape needs', 'tensor a', () => file({ a: entry('BF16', [1], [0, 4]) }, 4)),
  wrong('overlapping tensors', 'tensor b', () =>
    file({ a: entry('F32', [2], [0, 8]), b: entry('F32', [2], [4, 12]) }, 12),
  ),
  wrong('two tensors on the same bytes', 'tensor', () =>
    file({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [0, 4]) }, 4),
  ),
  wrong('a hole between tensors', 'tensor b', () =>
    file({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [8, 12]) }, 12),
  ),
  wrong('a hole before the first tensor', 'tensor a', () => file({ a: entry('F32', [1], [4, 8]) }, 8)),
  wrong('bytes after the last tensor', 'byte', () => file({ a: entry('F32', [1], [0, 4]) }, 64), '60 more bytes'),
  wrong('a name that occurs twice', 'tensor a', () => {
    const one = JSON.stringify(entry('F32', [1], [0, 4]));
    return safetensorsFile(`{"a": ${one}, "\\u0061": ${one}}`, new Uint8Array(4));
  }),
  {
    name: 'an unknown type',
    kind: 'unsupported-dtype',
    place: 'tensor a',
    bytes: () => file({ a: entry('F4', [8], [0, 4]) }, 4),
    found: 'F4',
  },
  {
    name: "a type named like an object's method",
    kind: 'unsupported-dtype',
    place: 'tensor a',
    bytes: () => file({ a: entry('toString', [1], [0, 4]) }, 4),
    found: 'toString',
  },
];
