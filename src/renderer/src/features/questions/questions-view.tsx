/** The page between the run's head and its lower edge: filter, toolbar, list, keys. */
import { Button, Drawer } from '@mantine/core';
import { useDisclosure, useElementSize } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { z } from 'zod';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { QuestionSort } from '../../../../shared/question-order.ts';
import { questionsDone } from '../../../../shared/run.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { usePreference } from '../../api/use-preference.ts';
import { useWaitingKeys } from '../../app/key-presses.ts';
import { useExportCommand } from '../../app/export-command.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count } from '../../components/numbers.ts';
import { formatRoute, parseRoute } from '../../routing/route.ts';
import { goToAddress, navigate } from '../../routing/use-route.ts';
import { runTitle } from '../run/run-title.ts';
import { useRun } from '../run/use-run.ts';
import { ColumnMenu } from './column-menu.tsx';
import { columns, shownByDefault } from './columns.tsx';
import { EmptyList } from './empty-list.tsx';
import { chipsOf, type FilterChip } from './filter-chips.ts';
import { FilterPanel, useFacets } from './filter-panel.tsx';
import { type Terms, valuesOf, withoutTerms, withValues } from './filter-terms.ts';
import { fittingColumns } from './fitting-columns.ts';
import { placeAt } from './place-memory.ts';
import { QuestionGallery } from './question-gallery.tsx';
import { knownRow, type ListInput, useSettledList } from './question-list.ts';
import { questionAddress, QuestionTable } from './question-table.tsx';
import type { QuestionsRoute } from './questions-page.tsx';
import classes from './questions-page.module.css';
import { SavedViews } from './saved-views.tsx';
import { useScopeActions } from './scope-actions.tsx';
import { nothing, selectedCount, selectionTerms } from './selection.ts';
import { TableHead, useColumnTable } from './table-head.tsx';
import { CardSizeControl, cardSizes, FilterLine, Toolbar } from './toolbar.tsx';
import { useHeaderOffset, useStartAtTop } from './list-top.ts';
import { useListCursor } from './use-list-cursor.ts';
import { usePlace } from './use-place.ts';
import { useQuestionsKeys } from './use-questions-keys.ts';
import { useSelection } from './use-selection.ts';

const sizesSchema = z.record(z.string(), z.number());
const noSizes: Readonly<Record<string, number>> = {};
const columnsSchema = z.array(z.string());
const defaultColumns = [...shownByDefault];
const cardSizeSchema = z.enum(cardSizes);
const headHeight = 37;

export type QuestionsViewProps = Readonly<{ route: QuestionsRoute; list: ListInput }>;

export function QuestionsView({ route, list }: QuestionsViewProps) {
  const { runId, where, sort, shape } = route;
  const { scorer } = list;
  const queries = useQueryClient();
  const settled = useSettledList(list);
  const total = settled.total ?? 0;
  const run = useRun(runId).data?.run;
  const facets = useFacets(runId, where, scorer);
  const chips = chipsOf(where, useRunNames(where));

  const go = (change: Partial<Pick<QuestionsRoute, 'where' | 'sort' | 'scorer' | 'shape'>>, replace = false): void =>
    navigate({ page: 'questions', runId, where, sort, scorer, shape, ...change }, { replace });
  const setWhere = (changed: Terms): void => go({ where: changed });
  const removeChip = ({ terms }: FilterChip): void => setWhere(withoutTerms(where, terms));
  const setText = (text: string): void => go({ where: withValues(where, 'text', text === '' ? [] : [text]) }, true);
  const setScorer = (changed: ScorerName | null): void => go({ scorer: changed });
  const setSort = (changed: QuestionSort | null): void => go({ sort: changed });

  const [sizes, setSizes] = usePreference('questions.column-sizes', sizesSchema, noSizes);
  const [chosen, setChosen] = usePreference('questions.columns', columnsSchema, defaultColumns);
  const [cardSize, setCardSize] = usePreference('questions.card-size', cardSizeSchema, 'medium');
  const columnTable = useColumnTable(sizes, setSizes);
  const { ref: mainRef, width: mainWidth } = useElementSize();
  const { ref: toolsRef, height: toolsHeight } = useElementSize();
  const headerOffset = useHeaderOffset();
  const toolsBottom = headerOffset + toolsHeight + 16;
  const stickyBottom = toolsBottom + (shape === 'table' ? headHeight : 0);
  const { sizeOf } = columnTable;
  const wanted = columns.filter(({ id }) => chosen.includes(id));
  const fittingIds = fittingColumns(wanted, mainWidth - 38, sizeOf)
    .map(({ id }) => id)
    .join(' ');
  // The same array while the same columns are shown: rows are drawn again only for changes.
  const fitting = useMemo(() => columns.filter(({ id }) => fittingIds.split(' ').includes(id)), [fittingIds]);

  const address = formatRoute({ ...route, shape });
  const { cursor, move, place } = useListCursor(total, stickyBottom, placeAt(address)?.cursor ?? null);
  const onLeave = usePlace(address, cursor.index, settled.total !== null && mainWidth > 0);
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });
  const onOpen = useCallback((index: number) => leave.current(index), []);
  const listTop = useRef<HTMLDivElement>(null);
  useStartAtTop(settled.input, listTop, headerOffset, () => place(null));

  const { selection, setSelection, toggleAt } = useSelection(settled.input);
  const picked = selectedCount(selection, total);
  const hasFilter = where.length > 0;
  const scope =
    picked > 0
      ? { label: `the ${count(picked)} selected`, where: selectionTerms(selection, where), count: picked }
      : { label: hasFilter ? `all ${count(total)} of the filter` : `all ${count(total)}`, where, count: total };
  const { actions, dialogs } = useScopeActions(runId, scorer);
  useExportCommand(() => actions.exportData(scope));

  const searchBox = useRef<HTMLInputElement>(null);
  const cardsInRow = useRef(1);
  const setCardsInRow = useCallback((cards: number) => {
    cardsInRow.current = cards;
  }, []);
  const [drawerOpened, drawer] = useDisclosure(false);
  const otherShape = shape === 'table' ? 'gallery' : 'table';
  // Rows that are about to go, or have not come, are not what the keys are meant for.
  useWaitingKeys('page', settled.error === null && (settled.isSwitching || settled.total === null));
  useQuestionsKeys({
    search: () => {
      searchBox.current?.focus();
      searchBox.current?.select();
    },
    move,
    lineLength: () => (shape === 'gallery' ? cardsInRow.current : 1),
    isGallery: shape === 'gallery',
    open: () => {
      const row = cursor.index === null ? null : knownRow(queries, settled.input, cursor.index);
      if (row === null || cursor.index === null) return;
      onOpen(cursor.index);
      goToAddress(questionAddress(settled.input, row.sampleId));
    },
    select: () => {
      const row = cursor.index === null ? null : knownRow(queries, settled.input, cursor.index);
      if (row !== null && cursor.index !== null) toggleAt(cursor.index, row.sampleId, false);
    },
    clearSelection: () => setSelection(nothing),
    setWhere,
    where,
    exportData: () => actions.exportData(scope),
    tag: () => actions.tag(scope),
    switchShape: () => go({ shape: otherShape }),
  });

  const items = { input: settled.input, total, cursor, selection, onToggle: toggleAt, onOpen, stickyBottom };
  const panel = (
    <FilterPanel
      runId={runId}
      where={where}
      scorer={scorer}
      onWhere={setWhere}
      onScorer={setScorer}
      actions={actions}
    />
  );
  const all = run === undefined ? null : questionsDone(run);
  return (
    <div className={classes.layout} ref={listTop}>
      <aside className={classes.side} aria-label="Filter">
        {panel}
      </aside>
      <Drawer opened={drawerOpened} onClose={drawer.close} title="Filter" size="sm">
        {panel}
      </Drawer>
      <div className={classes.main} ref={mainRef}>
        <div className={classes.tools}>
          <div ref={toolsRef}>
            <Toolbar
              search={{ text: valuesOf(where, 'text')[0] ?? '', onText: setText, inputRef: searchBox }}
              sort={sort}
              onSort={setSort}
              shape={shape}
              onShape={(changed) => go({ shape: changed })}
              filterButton={
                <Button
                  className={classes.drawerButton}
                  variant="default"
                  leftSection={<IconFilter size={16} />}
                  onClick={drawer.open}
                >
                  Filter
                </Button>
              }
              shapeControl={
                shape === 'table' ? (
                  <ColumnMenu chosen={chosen} fitting={fitting} onChosen={setChosen} />
                ) : (
                  <CardSizeControl size={cardSize} onSize={setCardSize} />
                )
              }
              views={
                <SavedViews
                  query={address.split('?', 2)[1] ?? ''}
                  onApply={(query) => navigate(parseRoute(`#/runs/${encodeURIComponent(runId)}/questions?${query}`))}
                />
              }
            />
            <FilterLine
              counts={countsLabel(settled.total, all, facets.data?.excluded ?? 0)}
              scorer={scorer ?? run?.scorer ?? null}
              chips={chips}
              hasFilter={hasFilter}
              onRemove={removeChip}
              onClear={() => setWhere([])}
              selected={picked}
              onSelectAll={selection.kind === 'all' ? null : () => setSelection({ kind: 'all' })}
              onClearSelection={() => setSelection(nothing)}
              scope={scope}
              actions={actions}
            />
          </div>
        </div>
        {settled.error !== null ? (
          <FailureAlert failure={failureOf(settled.error)} />
        ) : total === 0 && settled.total !== null ? (
          <EmptyList
            chips={chips}
            hasFilter={hasFilter}
            status={run?.status ?? null}
            onRemove={removeChip}
            onClear={() => setWhere([])}
          />
        ) : shape === 'gallery' ? (
          <div className={settled.isSwitching ? classes.switching : ''}>
            <QuestionGallery {...items} cardSize={cardSize} onColumnCount={setCardsInRow} />
          </div>
        ) : (
          <div
            role="table"
            aria-label="Questions"
            aria-rowcount={total + 1}
            aria-busy={settled.isSwitching}
            className={`${classes.list ?? ''} ${settled.isSwitching ? (classes.switching ?? '') : ''}`}
            style={{ '--columns': fitting.map((column) => `${String(sizeOf(column))}px`).join(' ') } as object}
          >
            <TableHead
              columnTable={columnTable}
              shown={fitting}
              sort={sort}
              onSort={setSort}
              isAllSelected={selection.kind === 'all'}
              onSelectAll={(isAll) => setSelection(isAll ? { kind: 'all' } : nothing)}
              top={toolsBottom}
            />
            <QuestionTable {...items} shown={fitting} />
          </div>
        )}
      </div>
      {dialogs}
    </div>
  );
}

function countsLabel(total: number | null, all: number | null, excluded: number): string {
  if (total === null) return 'Counting…';
  const of = all === null || all <= total ? '' : ` of ${count(all)}`;
  const left = excluded === 0 ? '' : `; ${count(excluded)} excluded`;
  return `${count(total)}${of} ${total === 1 && of === '' ? 'question' : 'questions'}${left}`;
}

/** Names of the runs that the filter mentions (flips). */
function useRunNames(where: Terms): ReadonlyMap<string, string> {
  const enabled = where.some((term) => term.startsWith('other='));
  const { data } = useQuery({ ...api.runs.list.queryOptions({ input: { limit: 1000 } }), enabled });
  return new Map(data?.runs.map((run) => [run.runId, runTitle(run)]));
}
