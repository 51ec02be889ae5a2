/** The pure models of the questions page: its filter, selection, paging and columns. */
import { describe, expect, it } from 'vitest';
import { chipsOf } from '../../src/renderer/src/features/questions/filter-chips.ts';
import {
  categoryPathOf,
  withCategory,
  withFailuresToggled,
  withNextOutcome,
  withOutcomeToggled,
  withRange,
  withToggled,
  withValues,
} from '../../src/renderer/src/features/questions/filter-terms.ts';
import { fittingColumns, questionMinimum } from '../../src/renderer/src/features/questions/fitting-columns.ts';
import { nextSort } from '../../src/renderer/src/features/questions/order-names.ts';
import { pagesOf, pagesToDrop } from '../../src/renderer/src/features/questions/page-window.ts';
import { scrollToReveal } from '../../src/renderer/src/features/questions/scroll-to-reveal.ts';
import {
  isSelected,
  nothing,
  selectedCount,
  selectionLimit,
  selectionTerms,
  toggled,
  withIds,
} from '../../src/renderer/src/features/questions/selection.ts';
import { parseWhere } from '../../src/shared/where.ts';

describe('the filter', () => {
  it('adds and removes alternatives of one field only', () => {
    const both = withToggled(['domain=science', 'outcome=wrong'], 'outcome', 'failed');
    expect(both).toEqual(['domain=science', 'outcome=wrong', 'outcome=failed']);
    expect(withToggled(both, 'outcome', 'wrong')).toEqual(['domain=science', 'outcome=failed']);
    expect(withValues(both, 'domain', [])).toEqual(['outcome=wrong', 'outcome=failed']);
  });

  it('names a node of the tree, also one whose name is empty or holds an equals sign', () => {
    const where = withCategory(['topic=old', 'outcome=right'], ['science', '', 'a=b']);
    expect(where).toEqual(['outcome=right', 'domain=science', 'topic=', 'category=a=b']);
    expect(categoryPathOf(where)).toEqual(['science', '', 'a=b']);
    expect(categoryPathOf(['domain=science', 'domain=mathematics', 'topic=x'])).toEqual([]);
  });

  it('writes ranges that the filter language reads, one for each step', () => {
    const second = { field: 'focus', step: 2, low: null, high: 0.4 } as const;
    const where = withRange(withRange(['focus@1=0.1..'], second), { field: 'time', step: null, low: 100, high: null });
    expect(parseWhere(where).ranges).toEqual([
      { field: 'focus', stepIndex: 0, low: 0.1, high: null },
      { field: 'focus', stepIndex: 1, low: null, high: 0.4 },
      { field: 'time', stepIndex: null, low: 100, high: null },
    ]);
    expect(withRange(where, { ...second, high: null })).toEqual(['focus@1=0.1..', 'time=100..']);
  });

  it('steps through the outcomes and toggles the failures', () => {
    let where: string[] = [];
    const seen = Array.from({ length: 5 }, () => (where = withNextOutcome(where, 1)).join());
    expect(seen).toEqual(['outcome=right', 'outcome=wrong', 'outcome=unparsed', 'outcome=failed', '']);
    expect(withNextOutcome([], -1)).toEqual(['outcome=failed']);
    const failures = withFailuresToggled(['outcome=right']);
    expect(failures).toEqual(['outcome=failures']);
    expect(withFailuresToggled(failures)).toEqual([]);
    // As addresses held it before.
    expect(withFailuresToggled(['outcome=failed', 'outcome=wrong', 'outcome=unparsed'])).toEqual([]);
  });

  it('takes single outcomes out of the failures and puts them together again', () => {
    const two = withOutcomeToggled(['domain=science', 'outcome=failures'], 'unparsed');
    expect(two).toEqual(['domain=science', 'outcome=wrong', 'outcome=failed']);
    expect(withOutcomeToggled(two, 'unparsed')).toEqual(['domain=science', 'outcome=failures']);
    expect(withOutcomeToggled(['outcome=right'], 'right')).toEqual([]);
  });

  it('is told in its own language, one chip for each field', () => {
    const where = [
      'text=leaf',
      'sample=a',
      'outcome=wrong',
      'focus@2=..0.4',
      'sample=b',
      'outcome=failed',
      'other=r1:wrong',
      'other=r1:unparsed',
      'scorers=disagree',
      'topic=',
      'time=1..10',
    ];
    expect(chipsOf(where, new Map([['r1', 'Baseline']])).map(({ label }) => label)).toEqual([
      'sample = 2 chosen questions',
      'outcome = wrong or failed',
      'focus@2 ≤ 0.4',
      'other = Baseline: wrong or unparsed',
      'scorers = disagree',
      'topic = (none)',
      'time = 1 to 10 ms',
    ]);
  });

  it.each([[['outcome=failures']], [['outcome=failed', 'outcome=unparsed', 'outcome=wrong']]])(
    'shows the failures as one chip that takes %j away',
    (where) => {
      const [chip, another] = chipsOf(where, new Map());
      expect([chip?.label, chip?.terms, another]).toEqual(['outcome = failures', where, undefined]);
    },
  );
});

describe('the selection', () => {
  it('holds ids, or everything that the filter finds', () => {
    const two = withIds(toggled(nothing, 'a'), ['a', 'b']);
    expect(selectedCount(two, 100)).toBe(2);
    expect(selectionTerms(two, ['domain=x'])).toEqual(['sample=a', 'sample=b']);
    expect(isSelected(toggled(two, 'a'), 'a')).toBe(false);
    expect(selectedCount({ kind: 'all' }, 100)).toBe(100);
    expect(selectionTerms({ kind: 'all' }, ['domain=x'])).toEqual(['domain=x']);
  });

  it('never grows beyond what one request may name', () => {
    const ids = Array.from({ length: selectionLimit + 5 }, (_, index) => String(index));
    const full = withIds(nothing, ids);
    expect(selectedCount(full, ids.length)).toBe(10_000);
    expect(selectedCount(toggled(full, 'another'), ids.length)).toBe(10_000);
  });
});

describe('pages', () => {
  it('cover the rows in view and stop at the list’s end', () => {
    expect(pagesOf(95, 205, 100_000)).toEqual([0, 1, 2]);
    expect(pagesOf(0, 40, 30)).toEqual([0]);
    expect(pagesOf(0, 40, 0)).toEqual([]);
  });

  it('far from the view are dropped first', () => {
    expect(pagesToDrop([0, 1, 50, 51, 100], [50], 3).sort((a, b) => a - b)).toEqual([0, 100]);
    expect(pagesToDrop([0, 1], [0], 3)).toEqual([]);
  });
});

describe('the table', () => {
  it('gives up the most dispensable columns in a narrow window', () => {
    const columns = [
      { id: 'a', dispensable: 0 },
      { id: 'b', dispensable: 5 },
      { id: 'c', dispensable: 2 },
    ];
    const fit = (width: number) => fittingColumns(columns, width, () => 100).map(({ id }) => id);
    expect(fit(questionMinimum + 300)).toEqual(['a', 'b', 'c']);
    expect(fit(questionMinimum + 299)).toEqual(['a', 'c']);
    expect(fit(questionMinimum + 100)).toEqual(['a']);
    expect(fit(0)).toEqual([]);
  });

  it('sorts by a header up, down, and not at all', () => {
    const up = nextSort(null, 'time');
    const down = nextSort(up, 'time');
    expect([up, down, nextSort(down, 'time')]).toEqual([
      { by: 'time', descending: false },
      { by: 'time', descending: true },
      null,
    ]);
    expect(nextSort({ by: 'focus', stepIndex: 1, descending: true }, 'vision-mass')).toEqual({
      by: 'vision-mass',
      stepIndex: 1,
      descending: false,
    });
  });

  it('scrolls only for rows that are not seen', () => {
    const window = { scrollY: 1000, height: 800, stickyBottom: 150 };
    expect(scrollToReveal({ top: 1200, bottom: 1246 }, window)).toBeNull();
    expect(scrollToReveal({ top: 1100, bottom: 1146 }, window)).toBe(942);
    expect(scrollToReveal({ top: 1780, bottom: 1826 }, window)).toBe(1034);
  });
});
