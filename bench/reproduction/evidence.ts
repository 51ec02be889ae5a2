/** How often the patches of latent steps show the places that a question's rationale looks at, against chance. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { demoFolder } from '../../test/support/demo-answers.ts';

/** Image tokens along an edge of the demo's square pictures, and pixels of one in the picture's file. */
const gridSide = 6;
const tokenPixels = 56;

const rowSchema = z.object({
  id: z.string(),
  evidence: z.array(z.object({ step: z.int(), box: z.tuple([z.int(), z.int(), z.int(), z.int()]) })),
});

/** A place that a step of the rationale looks at: one image token. */
type Place = Readonly<{ rationaleStep: number; slot: number }>;

/** Places by question; one that a step names twice counts once. */
export async function readEvidence(): Promise<ReadonlyMap<string, readonly Place[]>> {
  const text = await readFile(join(demoFolder, 'dataset', 'data', 'test.jsonl'), 'utf8');
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => rowSchema.parse(JSON.parse(line)));
  return new Map(
    rows.map(({ id, evidence }) => {
      const places = new Map<string, Place>();
      for (const { step, box } of evidence) {
        const slot = (box[1] / tokenPixels) * gridSide + box[0] / tokenPixels;
        places.set(`${String(step)} ${String(slot)}`, { rationaleStep: step, slot });
      }
      return [id, [...places.values()]];
    }),
  );
}

export type EvidenceHits = Readonly<{
  rationaleStep: number;
  places: number;
  /** Share of the places that each latent step took. */
  byLatentStep: readonly number[];
  /** Share that any latent step took. */
  byAny: number;
}>;

/** By step of the rationale. `selected`: slots by latent step, by question. */
export function evidenceHits(
  evidence: ReadonlyMap<string, readonly Place[]>,
  selected: ReadonlyMap<string, readonly (readonly number[])[]>,
): EvidenceHits[] {
  const places = [...selected].flatMap(([id, steps]) =>
    (evidence.get(id) ?? []).map(({ rationaleStep, slot }) => ({
      rationaleStep,
      taken: steps.map((slots) => slots.includes(slot)),
    })),
  );
  return [...new Set(places.map(({ rationaleStep }) => rationaleStep))]
    .toSorted((a, b) => a - b)
    .map((rationaleStep) => {
      const of = places.filter((place) => place.rationaleStep === rationaleStep);
      const share = (isHit: (place: (typeof of)[number]) => boolean) => of.filter(isHit).length / of.length;
      const stepCount = of[0]?.taken.length ?? 0;
      return {
        rationaleStep,
        places: of.length,
        byLatentStep: Array.from({ length: stepCount }, (_, step) => share(({ taken }) => taken[step] === true)),
        byAny: share(({ taken }) => taken.includes(true)),
      };
    });
}

/** Chance of a place to be among K of J slots, drawn without replacement: at one step, and at any of N. */
export function evidenceChance(patchesPerStep: number, stepCount: number): Readonly<{ step: number; any: number }> {
  const step = patchesPerStep / gridSide ** 2;
  return { step, any: step * stepCount };
}
