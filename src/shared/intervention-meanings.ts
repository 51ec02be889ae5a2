/** What each inference-time intervention does, in one line (exactly: docs/method.md). */
import type { Intervention } from './run-settings.ts';

export const interventionMeanings: Readonly<Record<Intervention, string>> = {
  none: 'Each step appends its K most attended patches and its hidden state.',
  'no-latent-text': 'Steps append their patches, but not their hidden state.',
  'no-latent-vision': 'Steps append their hidden state, but no patches: nothing is selected.',
  'no-latent': 'No latent step is taken, whatever N is: the model answers at once.',
  'random-patches': 'K patches of the pool are drawn at random (by the seed), whatever the attention.',
  'least-attended': 'The K patches with the least attention are taken instead of the most.',
  'allow-reuse': 'A patch may be selected again by later steps: the pool never shrinks.',
};
