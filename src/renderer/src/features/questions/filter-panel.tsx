/** Everything that a list can be narrowed by, with the counts under the rest of the filter. */
import { Collapse, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { failures } from '../../../../shared/where.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count } from '../../components/numbers.ts';
import { CategoryTreePanel } from './category-tree-panel.tsx';
import { FacetButtons } from './facet-buttons.tsx';
import {
  categoryPathOf,
  fieldOf,
  isFailuresOnly,
  outcomesOf,
  type Terms,
  valuesOf,
  withCategory,
  withFailuresToggled,
  withOutcomeToggled,
  withToggled,
} from './filter-terms.ts';
import { MoreFilters } from './more-filters.tsx';
import { OutcomeMark } from './outcome-mark.tsx';
import { listRequest } from './question-list.ts';
import type { ScopeActions } from './scope-actions.tsx';

export type FilterPanelProps = Readonly<{
  runId: string;
  where: Terms;
  scorer: ScorerName | null;
  onWhere: (where: Terms) => void;
  onScorer: (scorer: ScorerName | null) => void;
  actions: ScopeActions;
}>;

/** Counts under a filter; the last ones stay while new ones are on their way. */
export function useFacets(runId: string, where: Terms, scorer: ScorerName | null) {
  const input = listRequest({ runId, where, sort: null, scorer });
  return useQuery({ ...api.questions.facets.queryOptions({ input }), placeholderData: keepPreviousData });
}

/** Fields whose controls are folded away. */
const rareFields = /^(other|trace|note|excluded|time|ar-steps|tokens|.*-mass|focus)$/;

export function FilterPanel({ runId, where, scorer, onWhere, onScorer, actions }: FilterPanelProps) {
  const { data, error } = useFacets(runId, where, scorer);
  const [moreOpen, setMoreOpen] = useState(() => where.some((term) => rareFields.test(fieldOf(term))));
  if (data === undefined) return error === null ? null : <FailureAlert failure={failureOf(error)} />;
  const toggle = (field: string) => (value: string) => onWhere(withToggled(where, field, value));
  const letters = (values: readonly { letter: string | null; count: number }[]) =>
    values.map(({ letter, count: n }) => ({ value: letter ?? 'none', label: letter ?? 'none', count: n }));
  return (
    <Stack gap="md">
      <div>
        <CategoryTreePanel
          categories={data.categories}
          where={where}
          path={categoryPathOf(where)}
          onPath={(path) => onWhere(withCategory(where, path))}
          actions={actions}
        />
        {data.excluded === 0 ? null : (
          <Text size="xs" c="dimmed" mt={4} pl={8}>
            {count(data.excluded)} excluded (bad gold), in no count
          </Text>
        )}
      </div>
      <FacetButtons
        title="Outcome"
        layout="lines"
        options={[
          {
            value: failures,
            label: 'failures (all but right)',
            count: data.outcomes.reduce((sum, { outcome, count: n }) => (outcome === 'right' ? sum : sum + n), 0),
          },
          ...data.outcomes.map(({ outcome, count: n }) => ({
            value: outcome,
            label: <OutcomeMark outcome={outcome} />,
            count: n,
          })),
        ]}
        chosen={isFailuresOnly(where) ? [failures] : outcomesOf(where)}
        onToggle={(value) =>
          onWhere(value === failures ? withFailuresToggled(where) : withOutcomeToggled(where, value))
        }
      />
      <FacetButtons
        title="Gold letter"
        layout="inline"
        options={letters(data.gold)}
        chosen={valuesOf(where, 'gold')}
        onToggle={toggle('gold')}
      />
      <FacetButtons
        title="Letter read"
        layout="inline"
        options={letters(data.predicted)}
        chosen={valuesOf(where, 'predicted')}
        onToggle={toggle('predicted')}
      />
      <FacetButtons
        title="Scorers"
        layout="lines"
        options={[{ value: 'disagree', label: 'Scorers disagree', count: data.scorersDisagree }]}
        chosen={valuesOf(where, 'scorers')}
        onToggle={toggle('scorers')}
      />
      {data.scorersDisagree === null ? (
        <Text size="xs" c="dimmed" mt={-8} pl={8}>
          Not counted yet: choose it, and every scorer reads these answers.
        </Text>
      ) : null}
      <FacetButtons
        title="Tags"
        layout="inline"
        options={data.tags.map(({ tag, count: n }) => ({ value: tag, label: tag, count: n }))}
        chosen={valuesOf(where, 'tag')}
        onToggle={toggle('tag')}
      />
      <FacetButtons
        title="Split"
        layout="inline"
        options={
          data.splits.length < 2 && valuesOf(where, 'split').length === 0
            ? []
            : data.splits.map(({ split, count: n }) => ({ value: split, label: split || '(none)', count: n }))
        }
        chosen={valuesOf(where, 'split')}
        onToggle={toggle('split')}
      />
      <div>
        <UnstyledButton
          fz="sm"
          fw={600}
          mb={8}
          aria-expanded={moreOpen}
          onClick={() => setMoreOpen(!moreOpen)}
          style={{ display: 'flex', alignItems: 'center', gap: 4 }}
        >
          {moreOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          More filters
        </UnstyledButton>
        <Collapse expanded={moreOpen}>
          <MoreFilters runId={runId} where={where} scorer={scorer} onWhere={onWhere} onScorer={onScorer} />
        </Collapse>
      </div>
    </Stack>
  );
}
