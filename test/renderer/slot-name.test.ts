/** What a slot is called: its number from 0, its row and column from 1. */
import { expect, it } from 'vitest';
import { shareText } from '../../src/renderer/src/features/question/share-text.ts';
import { slotName } from '../../src/renderer/src/features/question/slot-name.ts';

it.each([
  [0, 'slot 0 · row 1, column 1'],
  [7, 'slot 7 · row 1, column 8'],
  [17, 'slot 17 · row 3, column 2'],
  [63, 'slot 63 · row 8, column 8'],
])('slot %i of a grid of 8 columns', (slot, name) => {
  expect(slotName({ gridColumns: 8 }, slot)).toBe(name);
});

it.each([
  [0, '0 %'],
  [0.0378, '3.78 %'],
  [0.5, '50 %'],
  [0.0000123, '0.00123 %'],
  [0.000000012, '1.2e-6 %'],
])('a share of %d', (share, text) => {
  expect(shareText(share)).toBe(text);
});
