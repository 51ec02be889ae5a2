/** Addresses survive the way there and back, and nonsense leads home. */
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/renderer/src/routing/route.ts';
import { formatRoute, isKnownAddress, parseRoute } from '../../src/renderer/src/routing/route.ts';

describe('routes', () => {
  it.each<Route>([
    { page: 'runs' },
    { page: 'datasets' },
    { page: 'dataset', datasetId: 'ab12', where: ['domain=science'], text: 'which cup', offset: 48 },
    { page: 'models' },
    { page: 'models', importFrom: '/data/a b&c' },
    { page: 'new-run', dataset: '/data/a b', model: null, fromRun: '01J', where: ['outcome=wrong'] },
    { page: 'run', runId: '01J', tab: 'overview' },
    { page: 'run', runId: '01J', tab: 'latent' },
    { page: 'run', runId: '01J', tab: 'overview', scorer: 'm3cot' },
    { page: 'run', runId: '01J', tab: 'latent', scorer: 'm3cot', where: ['domain=science', 'topic=a&b = c/d?'] },
    { page: 'questions', runId: '01J', shape: 'gallery', where: ['topic=a&b = c/d'], sort: null, scorer: 'm3cot' },
    {
      page: 'questions',
      runId: '01J',
      shape: 'table',
      where: [],
      sort: { by: 'latent-vision-mass', stepIndex: 1, descending: true },
      scorer: null,
    },
    {
      page: 'question',
      runId: 'a b',
      sampleId: 'x/../y?#%',
      where: ['outcome=wrong'],
      sort: { by: 'time', descending: false },
      scorer: null,
      stepIndex: 2,
    },
    { page: 'question', runId: '01J', sampleId: '1', where: [], sort: null, scorer: null, stepIndex: null },
    { page: 'compare', runIds: ['a', 'b'], scorer: 'strict' },
    { page: 'compare', runIds: ['a'], scorer: null, view: 'sweep' },
    { page: 'compare', runIds: ['a', 'b', 'c'], scorer: null, view: 'pair', pair: ['c', 'b'] },
  ])('%j', (route) => expect(parseRoute(formatRoute(route))).toEqual(route));

  it.each(['', '#', '#/', '#/nowhere', '#/runs', 'runs/'])('%j leads to the runs or a run that is none', (hash) =>
    expect(parseRoute(hash).page).toBe('runs'),
  );

  it.each([
    '',
    '#/',
    '#/runs',
    '#/runs/a?scorer=m3cot',
    '#/runs/a/latent',
    '#/runs/a/questions/b%2Fc?step=2',
    '#/models',
  ])('%j names a page', (hash) => expect(isKnownAddress(hash)).toBe(true));

  it.each(['#/nonsense', '#/models/none', '#/runs/a/nothing', '#/runs/a/latent/b', '#/datasets/a/b', '#/compare/a'])(
    '%j names none',
    (hash) => expect(isKnownAddress(hash)).toBe(false),
  );

  it('reads steps from 1 and ignores what is no step', () => {
    expect(parseRoute('#/runs/a/questions/b?step=1')).toMatchObject({ stepIndex: 0 });
    expect(parseRoute('#/runs/a/questions/b?step=0')).toMatchObject({ stepIndex: null });
    expect(parseRoute('#/runs/a/questions/b?step=x')).toMatchObject({ stepIndex: null });
  });

  it('holds the terms of a filter as the filter language writes them', () => {
    const where = ['domain=science', 'focus@2=..0.4', 'other=r1:right', 'tag=50 % & more'];
    const address = formatRoute({ page: 'questions', runId: 'a', shape: 'table', where, sort: null, scorer: null });
    expect(address).toBe(
      '#/runs/a/questions?where=domain=science&where=focus@2=..0.4&where=other=r1:right&where=tag=50+%25+%26+more',
    );
    // As it was written before, and as another program may write it.
    expect(parseRoute('#/runs/a/questions?where=domain%3Dscience&where=focus%402%3D..0.4')).toMatchObject({
      where: where.slice(0, 2),
    });
  });

  it('survives broken escapes', () => expect(parseRoute('#/runs/%E0%A4%A')).toMatchObject({ page: 'run' }));
});
