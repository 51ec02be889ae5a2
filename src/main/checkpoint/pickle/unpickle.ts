/**
 * A restricted pickle machine, protocols 2 to 5: it reads PyTorch state dicts and refuses to be programmed. Python's
 * own unpickler imports and calls whatever a file names; this one knows a closed list of names (`torch-names.ts`),
 * imitates what they return, and stops at any other (`unsafe-pickle`, naming it). It never imports, calls, evaluates.
 * Format: the comments of Python's `pickletools`.
 */
import { fail } from '../../../shared/failure.ts';
import { ByteCursor, PickleError } from './byte-cursor.ts';
import { opcodes, type Machine } from './opcodes.ts';
import { isKind, type PickleValue } from './values.ts';

/** Each opcode may make a container, so that their number bounds the memory; a 7B state dict has some 70,000. */
const mostOpcodes = 1_000_000;

/**
 * The value that a pickle describes.
 *
 * @param file for messages: the archive, with `place` the entry in it
 * Fails: `unsafe-pickle` (a name outside the list, or an opcode that makes objects), `malformed-checkpoint`.
 */
export function unpickle(bytes: Uint8Array, file: string, place: string): PickleValue {
  const cursor = new ByteCursor(bytes);
  const machine = newMachine(cursor, file, place);
  let start = 0;
  try {
    for (let count = 0; count < mostOpcodes; count++) {
      start = cursor.position;
      const code = cursor.uint8();
      if (code === 0x2e) return machine.pop();
      const run = opcodes.get(code);
      if (run === undefined) throw new PickleError(`the opcode 0x${code.toString(16)}, which no state dict uses`);
      run(machine);
    }
    throw new PickleError(`more than ${mostOpcodes} opcodes`);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    return fail('malformed-checkpoint', `${file} does not hold a sound state dict.`, {
      file,
      place: `${place}, byte ${start}`,
      expected: 'a pickled state dict of protocol 2 to 5',
      found: error.message,
      action: 'Download the file again, or save the state dict anew with torch.save.',
    });
  }
}

function newMachine(cursor: ByteCursor, file: string, place: string): Machine {
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  const bottom = () => marks.at(-1) ?? 0;
  return {
    cursor,
    memo,
    push: (value) => void stack.push(value),
    pop() {
      const value = stack.length > bottom() ? stack.pop() : undefined;
      if (value === undefined) throw new PickleError('an empty stack');
      return value;
    },
    top(kind) {
      const value = stack.length > bottom() ? stack.at(-1) : undefined;
      if (value === undefined || !isKind(value, kind)) throw new PickleError(`no ${kind} to add to`);
      return value;
    },
    mark: () => void marks.push(stack.length),
    popToMark() {
      const mark = marks.pop();
      if (mark === undefined) throw new PickleError('no mark');
      return stack.splice(mark);
    },
    refuse(what) {
      return fail('unsafe-pickle', `${file} asks to run ${what}, which no state dict needs.`, {
        file,
        place: `${place}, byte ${cursor.position}`,
        expected: 'tensors and plain data only',
        found: what,
        action: 'Do not load this file with PyTorch either, unless you trust where it comes from.',
      });
    },
  };
}
