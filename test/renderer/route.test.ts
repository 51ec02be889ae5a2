/** Addresses survive the way there and back, and nonsense leads home. */
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/renderer/src/routing/route.ts';
import { formatRoute, parseRoute } from '../../src/renderer/src/routing/route.ts';

describe('routes', () => {
  it.each<Route>([
    { page: 'runs' },
    { page: 'run', runId: '01J', where: [], offset: 0 },
    { page: 'run', runId: '01J', where: ['domain=science', 'topic=a&b = c/d'], offset: 100 },
    { page: 'question', runId: 'a b', sampleId: 'x/../y?#%', where: ['outcome=wrong'], stepIndex: 2 },
    { page: 'question', runId: '01J', sampleId: '1', where: [], stepIndex: null },
  ])('%j', (route) => expect(parseRoute(formatRoute(route))).toEqual(route));

  it.each(['', '#', '#/', '#/nowhere', '#/runs', 'runs/'])('%j leads to the runs or a run that is none', (hash) =>
    expect(parseRoute(hash).page).toBe('runs'),
  );

  it('reads steps from 1 and ignores what is no step', () => {
    expect(parseRoute('#/runs/a/questions/b?step=1')).toMatchObject({ stepIndex: 0 });
    expect(parseRoute('#/runs/a/questions/b?step=0')).toMatchObject({ stepIndex: null });
    expect(parseRoute('#/runs/a/questions/b?step=x')).toMatchObject({ stepIndex: null });
  });

  it('survives broken escapes', () => expect(parseRoute('#/runs/%E0%A4%A')).toMatchObject({ page: 'run' }));
});
