/** The opcodes of a state dict, one function each; what is missing here is refused. */
import { PickleError, type ByteCursor } from './byte-cursor.ts';
import { callKnown, knownName, storageOf } from './torch-names.ts';
import { describe, isKind, type PickleDict, type PickleKind, type PickleValue } from './values.ts';

export type Machine = Readonly<{
  cursor: ByteCursor;
  memo: Map<number, PickleValue>;
  push(this: void, value: PickleValue): void;
  /** The topmost value above the last mark. */
  pop(this: void): PickleValue;
  top<Kind extends PickleKind>(this: void, kind: Kind): Extract<PickleValue, { kind: Kind }>;
  mark(this: void): void;
  popToMark(this: void): PickleValue[];
  /** Stops with `unsafe-pickle`. */
  refuse(this: void, what: string): never;
}>;

type Run = (machine: Machine) => void;

const pushed =
  (read: (cursor: ByteCursor) => PickleValue): Run =>
  ({ cursor, push }) =>
    push(read(cursor));

const refused =
  (name: string): Run =>
  ({ refuse }) =>
    refuse(`the opcode ${name}`);

const tupleOf =
  (count: number): Run =>
  ({ pop, push }) => {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(pop());
    push({ kind: 'tuple', items });
  };

const remember =
  (index: (cursor: ByteCursor) => number): Run =>
  ({ cursor, memo, pop, push }) => {
    const value = pop();
    memo.set(index(cursor), value);
    push(value);
  };

const recall =
  (index: (cursor: ByteCursor) => number): Run =>
  ({ cursor, memo, push }) => {
    const value = memo.get(index(cursor));
    if (value === undefined) throw new PickleError('a memo that was never filled');
    push(value);
  };

const bytesOf =
  (length: (cursor: ByteCursor) => number): Run =>
  ({ cursor, push }) =>
    push({ kind: 'bytes', bytes: cursor.take(length(cursor)) });

function resolveName(machine: Machine, module: PickleValue, name: PickleValue): void {
  if (typeof module !== 'string' || typeof name !== 'string') throw new PickleError('a name that is no text');
  machine.push(knownName(`${module}.${name}`) ?? machine.refuse(`${module}.${name}`));
}

function setItems(dict: PickleDict, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) throw new PickleError('a key without a value');
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = items.slice(i, i + 2);
    if (key === undefined || value === undefined) throw new PickleError('a key without a value');
    if (typeof key === 'string' && dict.entries.has(key)) throw new PickleError(`the key ${key} twice`);
    dict.entries.set(key, value);
  }
}

/** An OrderedDict's attributes (PyTorch hangs `_metadata` on state dicts) are dropped; other objects have none here. */
function build({ pop, top }: Machine): void {
  const state = pop();
  if (!isKind(state, 'dict')) throw new PickleError(`a state that is a ${describe(state)}`);
  top('dict');
}

function reduce({ pop, push, refuse }: Machine): void {
  const args = pop();
  const callee = pop();
  if (!isKind(callee, 'callable')) return refuse(`a call of a ${describe(callee)}`);
  if (!isKind(args, 'tuple')) throw new PickleError(`arguments that are a ${describe(args)}`);
  push(callKnown(callee, args.items));
}

function checkProtocol({ cursor }: Machine): void {
  const protocol = cursor.uint8();
  if (protocol < 2 || protocol > 5) throw new PickleError(`protocol ${protocol}`);
}

/** By opcode; the names are those of Python's `pickletools`. */
export const opcodes: ReadonlyMap<number, Run> = new Map<number, Run>([
  [0x80, checkProtocol], // PROTO
  [0x95, ({ cursor }) => void cursor.uint64()], // FRAME: a hint for reading ahead
  [0x28, ({ mark }) => mark()], // MARK
  [0x30, ({ pop }) => void pop()], // POP
  [0x31, ({ popToMark }) => void popToMark()], // POP_MARK
  [0x4e, pushed(() => null)], // NONE
  [0x88, pushed(() => true)], // NEWTRUE
  [0x89, pushed(() => false)], // NEWFALSE
  [0x4a, pushed((cursor) => cursor.int32())], // BININT
  [0x4b, pushed((cursor) => cursor.uint8())], // BININT1
  [0x4d, pushed((cursor) => cursor.uint16())], // BININT2
  [0x8a, pushed((cursor) => cursor.signedInteger(cursor.uint8()))], // LONG1
  [0x8b, pushed((cursor) => cursor.signedInteger(cursor.uint32()))], // LONG4
  [0x47, pushed((cursor) => cursor.float64())], // BINFLOAT
  [0x8c, pushed((cursor) => cursor.text(cursor.uint8()))], // SHORT_BINUNICODE
  [0x58, pushed((cursor) => cursor.text(cursor.uint32()))], // BINUNICODE
  [0x8d, pushed((cursor) => cursor.text(cursor.uint64()))], // BINUNICODE8
  [0x43, bytesOf((cursor) => cursor.uint8())], // SHORT_BINBYTES
  [0x42, bytesOf((cursor) => cursor.uint32())], // BINBYTES
  [0x8e, bytesOf((cursor) => cursor.uint64())], // BINBYTES8
  [0x7d, ({ push }) => push({ kind: 'dict', entries: new Map() })], // EMPTY_DICT
  [0x5d, ({ push }) => push({ kind: 'list', items: [] })], // EMPTY_LIST
  [0x29, tupleOf(0)], // EMPTY_TUPLE
  [0x85, tupleOf(1)], // TUPLE1
  [0x86, tupleOf(2)], // TUPLE2
  [0x87, tupleOf(3)], // TUPLE3
  [0x74, ({ popToMark, push }) => push({ kind: 'tuple', items: popToMark() })], // TUPLE
  [
    0x61, // APPEND
    ({ pop, top }) => {
      const item = pop();
      top('list').items.push(item);
    },
  ],
  [
    0x65, // APPENDS
    ({ popToMark, top }) => {
      const items = popToMark();
      const list = top('list');
      for (const item of items) list.items.push(item);
    },
  ],
  [
    0x73, // SETITEM
    ({ pop, top }) => {
      const value = pop();
      const key = pop();
      setItems(top('dict'), [key, value]);
    },
  ],
  [
    0x75, // SETITEMS
    ({ popToMark, top }) => {
      const items = popToMark();
      setItems(top('dict'), items);
    },
  ],
  [0x71, remember((cursor) => cursor.uint8())], // BINPUT
  [0x72, remember((cursor) => cursor.uint32())], // LONG_BINPUT
  [
    0x94, // MEMOIZE
    ({ memo, pop, push }) => {
      const value = pop();
      memo.set(memo.size, value);
      push(value);
    },
  ],
  [0x68, recall((cursor) => cursor.uint8())], // BINGET
  [0x6a, recall((cursor) => cursor.uint32())], // LONG_BINGET
  [
    0x63, // GLOBAL
    (machine) => {
      const module = machine.cursor.line();
      resolveName(machine, module, machine.cursor.line());
    },
  ],
  [
    0x93, // STACK_GLOBAL
    (machine) => {
      const name = machine.pop();
      resolveName(machine, machine.pop(), name);
    },
  ],
  [0x51, ({ pop, push }) => push(storageOf(pop()))], // BINPERSID
  [0x52, reduce], // REDUCE
  [0x62, build], // BUILD
  [0x69, refused('INST')],
  [0x6f, refused('OBJ')],
  [0x81, refused('NEWOBJ')],
  [0x92, refused('NEWOBJ_EX')],
  [0x82, refused('EXT1')],
  [0x83, refused('EXT2')],
  [0x84, refused('EXT4')],
]);
