/** The dataset in numbers and words: size, splits, format, licence, fingerprint. */
import { ActionIcon, Card, CopyButton, Group, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import type { DatasetSummary } from '../../../../shared/sample.ts';
import { count } from '../../components/numbers.ts';
import classes from './dataset-facts.module.css';
import { formatName } from './format-name.ts';

export function DatasetFacts({ dataset, summary }: Readonly<{ dataset: KnownDataset; summary: DatasetSummary }>) {
  const { rowCount, rowsWithoutImage, rowsLeftOut, splits, format, licence, fingerprint } = summary;
  return (
    <Card withBorder padding="md" component="dl" className={classes.facts} m={0}>
      <Fact name="Questions">{count(rowCount)}</Fact>
      <Fact name="Without image">{count(rowsWithoutImage)}</Fact>
      {rowsLeftOut === 0 ? null : <Fact name="Rows left out">{count(rowsLeftOut)}</Fact>}
      <Fact name="Splits">
        {Object.entries(splits)
          .map(([split, each]) => `${split} ${count(each.rowCount)}`)
          .join(' · ')}
      </Fact>
      <Fact name="Format">{formatName(format)}</Fact>
      <Fact name="Licence">{licence ?? 'not stated'}</Fact>
      <Fact name="Runs">{count(dataset.runCount)}</Fact>
      <Fact name="Fingerprint">
        <Group gap={4} wrap="nowrap">
          <Text ff="monospace" size="sm" title={fingerprint}>
            {fingerprint.slice(0, 12)}
          </Text>
          <CopyButton value={fingerprint}>
            {({ copied, copy }) => (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                onClick={copy}
                aria-label={copied ? 'Copied' : 'Copy the fingerprint'}
              >
                {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              </ActionIcon>
            )}
          </CopyButton>
        </Group>
      </Fact>
    </Card>
  );
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <Text size="xs" c="dimmed" component="dt">
        {name}
      </Text>
      <Text fw={600} component="dd" m={0}>
        {children}
      </Text>
    </div>
  );
}
