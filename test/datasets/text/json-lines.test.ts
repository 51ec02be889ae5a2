import { describe, expect, it, test } from 'vitest';
import { parseJsonLine } from '../../../src/main/datasets/text/json-lines.ts';

const failureOf = (text: string) => {
  const line = parseJsonLine(text, 7, 'test.jsonl');
  return line.kind === 'failure' ? line.failure : expect.fail(`${text} is an object`);
};

describe('a line of JSON that is no object', () => {
  const whole = String.raw`{"id": "a\"b", "n": [1, -2.5e3, true], "o": {"x": null, "t": "ü"}}`;

  it('cut off anywhere, says so, with file, line, what was expected and what to do', () => {
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) => whole.slice(0, index + 1));
    for (const text of cuts) {
      expect(failureOf(text), text).toMatchObject({
        kind: 'malformed-row',
        message: 'test.jsonl, line 7: the line is cut off before its JSON object ends.',
        file: 'test.jsonl',
        place: 'line 7',
        expected: 'one whole JSON object, to its closing }',
        action: 'Copy or download the file again; it seems to have been written in part only.',
      });
    }
    expect(failureOf('{"question": "Which').found).toBe(String.raw`a line that ends with "{\"question\": \"Which"`);
    expect(failureOf(`{"question": "${'x'.repeat(99)}`).found).toBe(`a line that ends with "…${'x'.repeat(40)}"`);
  });

  test.each(['{"a": 1, b}', '{"a": 1}}', '[1, 2', 'text', '{"a": \u0001}'])('otherwise wrong: %j', (text) => {
    expect(failureOf(text)).toMatchObject({
      message: 'test.jsonl, line 7: the line is not a JSON object.',
      action: 'Mend the line or delete it.',
    });
  });
});
