/**
 * What the places of an answer are called that the page goes through one by one: latent steps, the places where ICoT
 * inserted patches, or the parts of the picture that Chain-of-Focus asked to see. Pure.
 */
import type { Trace } from '../../../../shared/trace.ts';
import { insertionMasses, latentMasses, type NamedMass } from './masses.ts';

export type StepKind = 'latent' | 'insertion' | 'region';

export type StepWords = Readonly<{
  /** `Latent step`: in front of the choice. */
  name: string;
  /** `latent steps`, in a sentence. */
  names: string;
  /** `step`: before a number. */
  short: string;
  /** What happened to its patches. */
  taken: string;
  /** What became of the others. */
  left: string;
  /** Whose attention the heat map and the scores are. */
  row: string;
  masses: readonly NamedMass[];
}>;

export const stepWords: Readonly<Record<StepKind, StepWords>> = {
  latent: {
    name: 'Latent step',
    names: 'latent steps',
    short: 'step',
    taken: 'selected',
    left: 'still in the pool',
    row: 'query row',
    masses: latentMasses,
  },
  insertion: {
    name: 'Insertion',
    names: 'insertions',
    short: 'insertion',
    taken: 'inserted',
    left: 'not inserted',
    row: "line break's row",
    masses: insertionMasses,
  },
  region: { name: 'Region', names: 'regions', short: 'region', taken: 'shown', left: 'not shown', row: '', masses: [] },
};

/** Of an answer; of several (a run beside its try), of the first that has any. */
export function stepKindOf(traces: readonly (Trace | null)[]): StepKind {
  const stepped = traces.find((trace) => trace !== null && trace.steps.length > 0);
  if (stepped !== undefined && stepped !== null) return stepped.calls.length > 0 ? 'insertion' : 'latent';
  return traces.some((trace) => trace !== null && trace.regions.length > 0) ? 'region' : 'latent';
}

/** How many there are to go through. */
export function stepCountOf(trace: Trace | null): number {
  if (trace === null) return 0;
  return trace.steps.length > 0 ? trace.steps.length : trace.regions.length;
}

/** `Step 2`, at the head of a sentence. */
export const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
