/** Keys that JSON.parse would drop in silence. */
import { expect, test } from 'vitest';
import { repeatedKeys } from '../../../src/main/datasets/text/repeated-keys.ts';

test.each<[string, string | null, string[]]>([
  ['{"a": 1, "b": 2}', null, []],
  ['{"a": 1, "a": 2, "a": 3}', null, ['a']],
  ['{"a": {"x": 1, "x": 2}, "b": ["a", "a"], "c": "a"}', null, []],
  ['{"\\u0061": 1, "a" \n : 2}', null, ['a']],
  ['{"a\\"": {}, "a\\"": "{\\"a\\": [", "b": 1}', null, ['a"']],
  ['{"results": {"1": 0, "2": 0, "1": 1}, "outputs": {"2": "", "2": ""}}', 'results', ['1']],
  ['{"__proto__": 1, "__proto__": 2}', null, ['__proto__']],
])('%s in %s', (text, within, keys) => {
  expect(repeatedKeys(text, within)).toStrictEqual(keys);
});
