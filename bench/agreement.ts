/**
 * How far the demo's models agree with PyTorch in each precision: the same option, the same output text, the same
 * patches, over the demo's whole test split (trainer/golden/make_demo_answers.py answered it once, in float32). For
 * the latent model also how far the logits after the prompt are from those in float32.
 */
import { precisions } from '../src/shared/bundle.ts';
import {
  agreementWithReference,
  demoCheckpoints,
  readDemoQuestions,
  withDemoModel,
} from '../test/support/demo-answers.ts';
import { firstLogits, logitDistance } from './agreement/first-logits.ts';
import { sayProgress } from './progress-line.ts';

export const bench = {
  name: 'agreement',
  describe: 'answers, patches and logits of the demo models in each precision, against PyTorch in float32',
  async run() {
    const ours: Record<string, unknown> = {};
    const questions = await readDemoQuestions();
    let reference: Float32Array[] = [];
    for (const checkpoint of demoCheckpoints) {
      for (const precision of precisions) {
        const name = `${checkpoint} ${precision}`;
        sayProgress(`${name} …`);
        ours[name] = await withDemoModel(checkpoint, precision, async (model) => {
          const agreement = await agreementWithReference(model, checkpoint);
          if (checkpoint !== 'checkpoint') return agreement;
          const logits = await firstLogits(model, questions);
          if (precision === 'f32') reference = logits;
          return { ...agreement, logits: logitDistance(logits, reference) };
        });
      }
    }
    return { ours, peer: 'the reference in PyTorch', ratio: null, details: 'counts over the test split' };
  },
};
