import { describe, expect, it } from 'vitest';
import { pageTitle, places } from '../../src/renderer/src/app/places.ts';
import { emptyView, formatRoute, parseRoute } from '../../src/renderer/src/routing/route.ts';

describe('titles of pages', () => {
  it('name the run that a page belongs to, once it is known', () => {
    const question = { page: 'question', runId: 'r1', sampleId: 'q-7', stepIndex: null, ...emptyView } as const;
    expect(pageTitle(question, 'Baseline')).toBe('q-7 · Baseline');
    expect(pageTitle(question, null)).toBe('q-7 · Run');
    expect(pageTitle({ page: 'models' }, null)).toBe('Models');
  });

  it('every place has an address that leads to one of its pages, and a key of its own', () => {
    for (const { route, pages } of places) expect(pages).toContain(parseRoute(formatRoute(route)).page);
    expect(new Set(places.map(({ key }) => key)).size).toBe(places.length);
  });
});
