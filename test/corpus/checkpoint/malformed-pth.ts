/** Malformed and malicious PyTorch archives: the bytes, and the failure that must come of each. */
import { crc32, deflateRawSync } from 'node:zlib';
import type { MalformedFile } from './malformed-safetensors.ts';
import * as pickle from './pickle-bytes.ts';
import { pth, pthOf } from './pth-bytes.ts';
import { counting } from './safetensors-bytes.ts';
import { zip, type ZipPart } from './zip-bytes.ts';

const { emptyDict, emptyTuple, global, mark, program, proto, reduce, stop, text, tuple, tuple1 } = pickle;

const wrong = (name: string, place: string, bytes: () => Uint8Array, found?: string): MalformedFile => ({
  name,
  place,
  bytes,
  kind: 'malformed-checkpoint',
  ...(found !== undefined && { found }),
});

/** A pickle that asks for code; `found` names what it asks for. */
const unsafe = (name: string, found: string, ...ops: pickle.Op[]): MalformedFile => ({
  name,
  kind: 'unsafe-pickle',
  place: 'model/data.pkl',
  found,
  bytes: () => pth(program(proto(2), ...ops, stop)),
});

const call = (module: string, name: string, argument: string) =>
  program(global(module, name), text(argument), tuple1, reduce);

const oneTensor = { key: '0', storageElements: 6, shape: [2, 3] };
const sixFloats = new Uint8Array(24);
const tensorFile = (change: Partial<pickle.PickledTensor>, storage: Uint8Array = sixFloats) =>
  pth(pickle.stateDict({ w: pickle.tensor({ ...oneTensor, ...change }) }), { 0: storage });
const archive = (change: (parts: ZipPart[]) => ZipPart[]) =>
  pth(pickle.stateDict({ w: pickle.tensor(oneTensor) }), { 0: sixFloats }, { parts: change });
const changed = (name: string, lie: Partial<ZipPart>) =>
  archive((parts) => parts.map((part) => (part.name === name ? { ...part, ...lie } : part)));

/** 16 MB of zeros in a few KB. */
const bomb = deflateRawSync(new Uint8Array(16 * 1024 * 1024));

export const maliciousPickles: readonly MalformedFile[] = [
  unsafe('os.system', 'os.system', call('os', 'system', 'echo owned')),
  unsafe('posix.system', 'posix.system', call('posix', 'system', 'echo owned')),
  unsafe('builtins.eval', 'builtins.eval', call('builtins', 'eval', '1+1')),
  unsafe('builtins.exec', 'builtins.exec', call('builtins', 'exec', 'pass')),
  unsafe('builtins.getattr', 'builtins.getattr', global('builtins', 'getattr')),
  unsafe('subprocess.Popen', 'subprocess.Popen', call('subprocess', 'Popen', 'sh')),
  unsafe('a name that is only mentioned', 'os.system', emptyDict, text('k'), global('os', 'system'), pickle.setItem),
  unsafe('a dotted name', 'torch.os.system', global('torch', 'os.system')),
  unsafe('torch.load', 'torch.load', call('torch', 'load', 'x')),
  unsafe('torch.storage._load_from_bytes', '_load_from_bytes', call('torch.storage', '_load_from_bytes', 'x')),
  unsafe('numpy reconstruction', 'numpy.core.multiarray._reconstruct', global('numpy.core.multiarray', '_reconstruct')),
  unsafe('a class of a training script', '__main__.Config', global('__main__', 'Config'), emptyTuple, pickle.newObject),
  unsafe('a name like a JavaScript property', '__proto__.constructor', global('__proto__', 'constructor')),
  unsafe('INST', 'the opcode INST', mark, pickle.instance('os', 'system')),
  unsafe('OBJ', 'the opcode OBJ', mark, text('x'), pickle.object),
  unsafe('NEWOBJ', 'the opcode NEWOBJ', global('collections', 'OrderedDict'), emptyTuple, pickle.newObject),
  unsafe('an extension code', 'the opcode EXT1', pickle.extension(1)),
  unsafe('a call of a text', 'a call of a string', text('os.system'), emptyTuple, reduce),
  unsafe('a call of a storage type', 'a call of a storage-type', global('torch', 'FloatStorage'), emptyTuple, reduce),
  {
    name: 'STACK_GLOBAL of protocol 4',
    kind: 'unsafe-pickle',
    place: 'model/data.pkl',
    found: 'nt.system',
    bytes: () =>
      pth(
        program(
          proto(4),
          pickle.shortText('nt'),
          pickle.shortText('system'),
          pickle.stackGlobal,
          emptyTuple,
          reduce,
          stop,
        ),
      ),
  },
  {
    name: 'code behind a sound state dict',
    kind: 'unsafe-pickle',
    place: 'model/data.pkl',
    found: 'os.system',
    bytes: () => {
      const sound = pickle.stateDict({ w: pickle.tensor(oneTensor) });
      return pth(program(sound.subarray(0, -1), call('os', 'system', 'x'), stop), { 0: sixFloats });
    },
  },
];

export const malformedPickles: readonly MalformedFile[] = [
  ...(
    [
      ['an empty pickle', program(), '0 of 1'],
      ['a pickle without an end', program(proto(2), emptyDict), '0 of 1'],
      ['protocol 0', program(Buffer.from('(dp0\n.')), '0x64'],
      ['protocol 9', program(proto(9), emptyDict, stop), 'protocol 9'],
      ['an unknown opcode', program(proto(2), Uint8Array.of(0xff), stop), '0xff'],
      ['an empty stack', program(proto(2), stop), 'an empty stack'],
      ['a tuple without a mark', program(proto(2), tuple, stop), 'no mark'],
      ['a text longer than the file', program(proto(2), Uint8Array.of(0x58, 0xff, 0xff, 0xff, 0x7f), stop), 'an end'],
      [
        'a text of 2^64 - 1 bytes',
        program(proto(4), Uint8Array.of(0x8d, ...Array<number>(8).fill(0xff)), stop),
        'an end',
      ],
      ['an integer of 2 GB', program(proto(2), Uint8Array.of(0x8b, 0xff, 0xff, 0xff, 0x7f), stop), 'an integer'],
      ['a memo that was never filled', program(proto(2), Uint8Array.of(0x68, 7), stop), 'a memo'],
      ['text that is not UTF-8', program(proto(2), Uint8Array.of(0x58, 2, 0, 0, 0, 0xff, 0xfe), stop), 'UTF-8'],
      [
        'items for a list',
        program(proto(2), pickle.emptyList, mark, text('a'), text('b'), pickle.setItems, stop),
        'dict',
      ],
      ['a key without a value', program(proto(2), emptyDict, mark, text('a'), pickle.setItems, stop), 'a key'],
      [
        'a tensor name twice',
        program(proto(2), emptyDict, mark, text('a'), pickle.none, text('a'), pickle.none, pickle.setItems, stop),
        'twice',
      ],
      [
        'a persistent id that is a text',
        program(proto(2), text('storage'), pickle.persistentId, stop),
        'persistent id',
      ],
      ['a million marks', program(proto(2), Buffer.alloc(1_000_000, 0x28), stop), 'opcodes'],
    ] as const
  ).map(([name, bytes, found]) => wrong(name, 'model/data.pkl, byte', () => pth(bytes), found)),
  wrong('a pickle of 3 million empty dicts', 'model/data.pkl, byte', () =>
    pth(program(proto(2), pickle.emptyList, Buffer.alloc(6_000_000, Buffer.from([0x7d, 0x61])), stop)),
  ),
  wrong('a pickle of 20 MB', 'model/data.pkl', () => pth(program(proto(2), text('x'.repeat(20_000_000)), stop))),
  wrong('a list instead of a state dict', 'data.pkl', () => pth(program(proto(2), pickle.emptyList, stop))),
  wrong('a state dict without tensors', 'data.pkl', () => pth(pickle.stateDict({ epoch: pickle.integer(3) }))),
  wrong('a tensor without its storage', 'tensor w', () => tensorFile({ key: '9' })),
  wrong('a storage shorter than it says', 'tensor w', () => tensorFile({}, new Uint8Array(20))),
  wrong('a storage longer than it says', 'tensor w', () => tensorFile({}, new Uint8Array(28))),
  wrong('a storage of another type than its bytes', 'tensor w', () => tensorFile({ storageType: 'HalfStorage' })),
  wrong('a tensor that leaves its storage', 'tensor w', () => tensorFile({ shape: [2, 4] })),
  wrong('an offset that leaves the storage', 'tensor w', () => tensorFile({ offset: 1 })),
  wrong('a negative offset', 'data.pkl, byte', () => tensorFile({ offset: -1 })),
  wrong('a negative dimension', 'data.pkl, byte', () => tensorFile({ shape: [-2, 3], strides: [3, 1] })),
  wrong('dimensions above 2^53', 'tensor w', () => tensorFile({ shape: [2 ** 40, 2 ** 40], strides: [2 ** 40, 1] })),
  wrong('a size above 2^63', 'data.pkl, byte', () => tensorFile({ storageElements: 2n ** 62n })),
  wrong('transposed strides', 'tensor w', () => tensorFile({ strides: [1, 2] })),
  wrong('overlapping strides', 'tensor w', () => tensorFile({ strides: [0, 0] })),
  wrong('strides of another length', 'data.pkl, byte', () => tensorFile({ strides: [1] })),
];

export const malformedArchives: readonly MalformedFile[] = [
  wrong('an empty file', 'byte 0', () => new Uint8Array(0)),
  wrong('the format before PyTorch 1.6', 'byte 0', () => program(proto(2), pickle.integer(7), stop), 'PyTorch 1.6'),
  wrong(
    'the tar format',
    'byte 0',
    () => Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0'), Buffer.alloc(249)]),
    'a tar archive',
  ),
  wrong('a web page', 'byte 0', () => Buffer.from('<html>404</html>'), 'another kind of file'),
  wrong('two letters', 'end', () => Buffer.from('PK')),
  wrong('a truncated archive', 'end', () => pthOf({ w: counting([64, 64]) }).subarray(0, 9000)),
  wrong('bytes after the end', 'end', () => Buffer.concat([pthOf({ w: counting([4]) }), Buffer.from('xx')])),
  wrong('no data.pkl', 'archive', () => zip([{ name: 'model/version', data: Buffer.from('3') }])),
  wrong('two data.pkl', 'archive', () =>
    archive((parts) => [...parts, { name: 'other/data.pkl', data: new Uint8Array(1) }]),
  ),
  wrong('a TorchScript model', 'archive', () =>
    archive((parts) => [...parts, { name: 'model/constants.pkl', data: new Uint8Array(1) }]),
  ),
  wrong('the same name twice', 'entry model/version', () =>
    archive((parts) => [...parts, { name: 'model/version', data: new Uint8Array(1) }]),
  ),
  wrong('a big-endian archive', 'byteorder', () => changed('model/byteorder', { data: Buffer.from('big') }), 'big'),
  wrong('a compressed storage', 'entry model/data/0', () => changed('model/data/0', { method: 8, claimedSize: 24 })),
  wrong('a zip bomb', 'entry model/data/0', () =>
    changed('model/data/0', {
      data: bomb,
      method: 8,
      claimedSize: 16 * 1024 * 1024,
      claimedCompressedSize: bomb.length,
    }),
  ),
  wrong('a bomb that says it is stored', 'entry model/data/0', () =>
    changed('model/data/0', { data: bomb, claimedSize: 2 ** 31, claimedCompressedSize: bomb.length }),
  ),
  wrong('an encrypted entry', 'entry model/data/0', () => changed('model/data/0', { flags: 1 })),
  wrong('an entry that reaches past the archive', 'entry model/version', () =>
    changed('model/version', { claimedSize: 4000, claimedCompressedSize: 4000 }),
  ),
  wrong('overlapping entries', 'entry', () => changed('model/data/0', { claimedOffset: 0 })),
  wrong('entries that overlap by their sizes', 'entry', () =>
    changed('model/data.pkl', { claimedSize: 500, claimedCompressedSize: 500 }),
  ),
  wrong('an offset outside the archive', 'entry model/data/0', () =>
    changed('model/data/0', { claimedOffset: 0x7fff_ffff }),
  ),
  wrong('a local header of another name', 'entry model/data/0', () =>
    changed('model/data/0', { localName: 'model/data/1' }),
  ),
  wrong('a zip64 entry without its sizes', 'entry model/data/0', () => changed('model/data/0', { emptyZip64: true })),
  wrong('a damaged data.pkl', 'entry model/data.pkl', () => changed('model/data.pkl', { crc: crc32('other') })),
  wrong('a directory outside the file', 'directory', () =>
    pth(pickle.stateDict({}), {}, { end: { directoryOffset: 0x7fff_ffff } }),
  ),
  wrong('a directory of 60,000 entries that are not there', 'directory entry', () =>
    pth(pickle.stateDict({}), {}, { end: { entryCount: 60_000 } }),
  ),
  wrong('fewer entries than the directory holds', 'directory', () =>
    pth(pickle.stateDict({}), {}, { end: { entryCount: 1 } }),
  ),
  wrong('a zip64 end that is elsewhere', 'zip64 end', () =>
    pth(pickle.stateDict({}), {}, { end: { zip64: true, zip64Offset: 2n ** 63n } }),
  ),
  wrong('a zip64 directory of 2^52 entries', 'directory', () =>
    pth(pickle.stateDict({}), {}, { end: { zip64: true, entryCount: 2 ** 52 } }),
  ),
];
