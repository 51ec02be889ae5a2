/**
 * How far the demo's models agree with PyTorch in each precision: the same option, the same output text, the same
 * patches, over the demo's whole test split (trainer/golden/make_demo_answers.py answered it once, in float32).
 */
import { precisions } from '../src/shared/bundle.ts';
import { agreementWithReference, demoCheckpoints, withDemoModel } from '../test/support/demo-answers.ts';
import { sayProgress } from './progress-line.ts';

export const bench = {
  name: 'agreement',
  describe: 'answers and patches of the demo models in each precision, against PyTorch in float32',
  async run() {
    const ours: Record<string, unknown> = {};
    for (const checkpoint of demoCheckpoints) {
      for (const precision of precisions) {
        const name = `${checkpoint} ${precision}`;
        sayProgress(`${name} …`);
        ours[name] = await withDemoModel(checkpoint, precision, (model) => agreementWithReference(model, checkpoint));
      }
    }
    return { ours, peer: 'the reference in PyTorch', ratio: null, details: 'counts over the test split' };
  },
};
