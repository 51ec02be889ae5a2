/** The probes of a question as the faces see them: with what the run's scorer reads in each. */
import type { Probe } from '../../shared/contract/questions.ts';
import { fail } from '../../shared/failure.ts';
import type { Sample } from '../../shared/sample.ts';
import type { StoredProbe } from '../store/probes-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { readPrediction } from './scoring-rows.ts';

export function readProbe(run: RunRecord, sample: Sample, probe: StoredProbe): Probe {
  return { ...probe, reading: readPrediction(run.scorer, sample, probe.prediction) };
}

/** Probes of the question at a position of the run, newest first. */
export function probesOf(
  store: Store,
  run: RunRecord,
  question: Readonly<{ position: number; sample: Sample }>,
): Probe[] {
  return store.probes
    .ofPrediction(run.runRow, question.position)
    .map((probe) => readProbe(run, question.sample, probe));
}

/** Fails (`not-found`). */
export function deleteProbe(store: Store, probeId: string): void {
  if (store.probes.remove(probeId)) return;
  fail('not-found', 'There is no such probe (any more).', { file: store.path, place: 'probes', found: probeId });
}
