/** What the check of a machine comes to. */
import { expect, it } from 'vitest';
import { verdictOf } from '../../src/renderer/src/features/machine/verdict.ts';
import type { DoctorReport } from '../../src/shared/contract/system.ts';

type Device = DoctorReport['devices'][number];
const store = { path: '/s', schemaVersion: 1, integrity: 'ok', runCount: 0 };
const device = (name: string, available: boolean, selfTest: Device['selfTest']): Device => ({
  device: name,
  hardware: [],
  available,
  selfTest,
  gigaflops: null,
  detail: '',
});
const [good, bad, absent] = [
  device('cpu', true, 'passed'),
  device('cuda', true, 'failed'),
  device('cuda', false, 'not run'),
];

it.each<[string, readonly Device[], string, boolean]>([
  ['one device that works, another that is not there', [good, absent], 'Everything works', true],
  ['a device that answers wrongly', [good, bad], 'Do not use cuda', false],
  ['nothing but wrong answers', [bad], 'No model can run here', false],
  ['no device at all', [absent], 'No model can run here', false],
])('%s', (_, devices, title, isGood) => {
  expect(verdictOf({ store, devices: [...devices] })).toMatchObject({ title, isGood });
});

it('a damaged store comes before everything else', () => {
  const damaged = { ...store, integrity: 'row 3 missing from index' };
  expect(verdictOf({ store: damaged, devices: [bad] })).toMatchObject({ title: 'The store is damaged', isGood: false });
});
