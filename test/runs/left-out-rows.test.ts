/** Rows that no run asks, as they cannot be read: the plan, the run, its text and its manifest say how many. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runText } from '../../src/main/cli/output/run-text.ts';
import { follow } from '../support/run-workplace.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceWith = temporaryWorkplaces();

it('are counted in the plan, the run and the manifest, with pictures that are not there in the plan', async () => {
  const place = await workplaceWith({ questionCount: 4, missingImage: [1] });
  const outOfRange = { id: 'x', question: 'Q?', choices: ['a', 'b', 'c'], answer: 'E', image: 'images/x.png' };
  const repeated = { ...outOfRange, id: 'question-0000', answer: 'A', domain: 'd', topic: 't', category: 'c' };
  appendFileSync(
    join(place.dataset, 'data', 'test.jsonl'),
    `${JSON.stringify(outOfRange)}\nnot JSON\n${JSON.stringify({ ...repeated, split: 'test' })}\n`,
  );
  const { runs } = place.open();
  const { runs: plans } = await runs.plan({ base: place.request(), axes: [] });
  expect(plans[0]?.questionCount).toBe(4);
  expect(plans[0]?.warnings.slice(0, 2)).toEqual([
    '3 rows are left out: see the dataset’s problems.',
    '1 picture is not there (see the dataset’s problems): such a question fails.',
  ]);
  const { runId } = await runs.start(place.request());
  await follow(runs, runId);
  const { run, manifest } = await runs.show({ runId });
  expect(run).toMatchObject({ planned: 4, rowsLeftOut: 3 });
  expect(runText(run, [])).toMatch(/^Mind +3 rows are left out: see the dataset’s problems\.$/m);
  expect(manifest['dataset']).toMatchObject({ unreadableRowsLeftOut: 3 });
});

it('where there are none, nobody warns', async () => {
  const place = await workplaceWith({ questionCount: 4 });
  const { runs } = place.open();
  const { runs: plans } = await runs.plan({ base: place.request(), axes: [] });
  expect(plans[0]?.warnings.filter((text) => /left out|picture/.test(text))).toEqual([]);
  const { runId } = await runs.start(place.request());
  await follow(runs, runId);
  const { run } = await runs.show({ runId });
  expect(run.rowsLeftOut).toBe(0);
  expect(runText(run, [])).not.toContain('left out');
});
