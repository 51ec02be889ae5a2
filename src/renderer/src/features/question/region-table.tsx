/** The regions that the model asked to see, with their call: what it named, and what it was shown. */
import { Table, Text, UnstyledButton } from '@mantine/core';
import type { Region } from '../../../../shared/trace.ts';
import { stepColour } from '../../app/palette.ts';
import { Swatch } from './swatch.tsx';
import { boxText } from './region-marks.ts';

export type RegionTableProps = Readonly<{
  regions: readonly Region[];
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
}>;

export function RegionTable({ regions, stepIndex, onStep }: RegionTableProps) {
  return (
    <>
      <Table.ScrollContainer minWidth={460}>
        <Table verticalSpacing={6} horizontalSpacing={6} fz="sm" aria-label="Regions">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={80}>Region</Table.Th>
              <Table.Th w={60}>Call</Table.Th>
              <Table.Th>Asked for</Table.Th>
              <Table.Th>Shown</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {regions.map(({ callIndex, asked, shown }, index) => (
              <Table.Tr key={index} {...(index === stepIndex ? { bg: 'var(--mantine-primary-color-light)' } : {})}>
                <Table.Td>
                  <UnstyledButton onClick={() => onStep(index)} fz="sm" aria-label={`Show region ${String(index + 1)}`}>
                    <Swatch colour={stepColour(index)} /> {index + 1}
                  </UnstyledButton>
                </Table.Td>
                <Table.Td>{callIndex + 1}</Table.Td>
                <Table.Td>{boxText(asked)}</Table.Td>
                <Table.Td>{boxText(shown)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt={4}>
        In pixels of the original picture, from its top left corner. A box is shown with its surroundings, half as much
        again, as far as the picture goes.
      </Text>
    </>
  );
}
