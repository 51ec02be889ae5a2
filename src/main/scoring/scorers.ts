/** All scorers by name. */
import type { ScorerName } from '../../shared/prediction.ts';
import { m3cotScorer } from './m3cot.ts';
import { releasedScorer, releasedStrippedScorer } from './released.ts';
import { scienceqaScorer } from './scienceqa.ts';
import type { Scorer } from './scorer.ts';
import { strictScorer } from './strict.ts';
import { vlmevalkitExactScorer } from './vlmevalkit-exact.ts';

export const scorers: Readonly<Record<ScorerName, Scorer>> = {
  strict: strictScorer,
  m3cot: m3cotScorer,
  scienceqa: scienceqaScorer,
  released: releasedScorer,
  'released-stripped': releasedStrippedScorer,
  'vlmevalkit-exact': vlmevalkitExactScorer,
};
