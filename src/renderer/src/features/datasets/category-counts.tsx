/** Questions by domain and topic, as bars; each is a filter of the gallery. */
import { Anchor, Card, Group, Text, Title } from '@mantine/core';
import type { DatasetSummary } from '../../../../shared/sample.ts';
import { count, percent } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
import classes from './category-counts.module.css';
import { categoryRows, termOf, withTerms, type CountRow } from './category-rows.ts';
import type { DatasetRoute } from './dataset-page.tsx';

export function CategoryCounts({ summary, route }: Readonly<{ summary: DatasetSummary; route: DatasetRoute }>) {
  const split = termOf(route.where, 'split');
  const rows = categoryRows(summary, split);
  const largest = Math.max(1, ...rows.map((row) => row.count));
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const chosen = { domain: termOf(route.where, 'domain'), topic: termOf(route.where, 'topic') };
  const line = (row: CountRow, isTopic: boolean, domain: string) => {
    const active = isTopic
      ? chosen.domain === domain && chosen.topic === row.name
      : chosen.domain === row.name && chosen.topic === null;
    const href = formatRoute({
      ...route,
      where: withTerms(route.where, ['domain', 'topic'], active ? [] : row.terms),
      offset: 0,
    });
    return (
      <li key={row.name} className={isTopic ? classes.topic : classes.domain} data-active={active || undefined}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor
            href={href}
            size="sm"
            {...(isTopic ? {} : { fw: 600 })}
            {...(active ? { 'aria-current': true as const } : {})}
          >
            {row.name === '' ? '(none)' : row.name}
          </Anchor>
          <Text size="sm" title={percent(row.count / Math.max(1, total))}>
            {count(row.count)}
          </Text>
        </Group>
        <div className={classes.track} aria-hidden="true">
          <div className={classes.bar} style={{ width: `${(row.count / largest) * 100}%` }} />
        </div>
      </li>
    );
  };
  return (
    <Card withBorder padding="md" component="section" aria-label="Domains and topics">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          Domains and topics
        </Title>
        <Text size="xs" c="dimmed">
          {split === null ? 'all splits' : split}
        </Text>
      </Group>
      <ul className={classes.list}>
        {rows.map((domain) => [
          line(domain, false, domain.name),
          ...domain.topics.map((topic) => line(topic, true, domain.name)),
        ])}
      </ul>
    </Card>
  );
}
