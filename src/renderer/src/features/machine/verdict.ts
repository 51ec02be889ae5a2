/** What a report of the machine comes to, in a line, and what to do where something is wrong. */
import type { DoctorReport } from '../../../../shared/contract/system.ts';

export type Verdict = Readonly<{ isGood: boolean; title: string; text: string }>;

/** The store comes first: no run is worth much in a damaged one. */
export function verdictOf({ store, devices }: Pick<DoctorReport, 'store' | 'devices'>): Verdict {
  if (store.integrity !== 'ok') {
    return {
      isGood: false,
      title: 'The store is damaged',
      text: 'Close Penumbra, copy the file somewhere safe, and go on with an earlier copy or with a new store.',
    };
  }
  const passed = devices.filter(({ available, selfTest }) => available && selfTest === 'passed');
  const failed = devices.filter(({ selfTest }) => selfTest === 'failed').map(({ device }) => device);
  if (passed.length === 0) {
    return {
      isGood: false,
      title: 'No model can run here',
      text: 'The self-test passed on no device; the details below say why. What is in the store can be looked at.',
    };
  }
  const names = passed.map(({ device }) => device).join(', ');
  if (failed.length > 0) {
    return {
      isGood: false,
      title: `Do not use ${failed.join(', ')}`,
      text: `The self-test failed there: answers would not be right. It passed on ${names}.`,
    };
  }
  return { isGood: true, title: 'Everything works', text: `The engine gives PyTorch's answer on ${names}.` };
}
