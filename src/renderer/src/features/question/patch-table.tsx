/** The patches that one latent step selected, in the order in which they were appended. */
import { ScrollArea, Table, Text } from '@mantine/core';
import type { ImageGeometry, LatentStep } from '../../../../shared/trace.ts';
import { shareText } from './share-text.ts';
import { placeOfSlot, slotNumbering } from './slot-name.ts';
import type { StepWords } from './step-words.ts';

export type PatchTableProps = Readonly<{ image: ImageGeometry; step: LatentStep; words: StepWords }>;

export function PatchTable({ image, step, words }: PatchTableProps) {
  const title = `Patches ${words.taken} at ${words.short} ${String(step.stepIndex + 1)}`;
  return (
    <>
      <Text size="sm" fw={600} mt="md">
        {title}
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        {step.selectedSlots.length === 0 ? 'None. ' : 'In the order in which they were appended. '}
        {slotNumbering}
      </Text>
      {step.selectedSlots.length === 0 ? null : (
        <ScrollArea.Autosize
          mah={300}
          type="auto"
          offsetScrollbars="y"
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}
        >
          <Table
            fz="xs"
            verticalSpacing={3}
            horizontalSpacing={6}
            stickyHeader
            styles={{ th: { backgroundColor: 'light-dark(#fff, var(--mantine-color-dark-6))' } }}
          >
            <Table.Thead>
              <Table.Tr>
                {['Slot (from 0)', 'Row', 'Column', 'Rank in the pool', 'Share of attention'].map((name) => (
                  <Table.Th key={name} ta="right">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {step.selectedSlots.map((slot, index) => {
                const { row, column } = placeOfSlot(image, slot);
                return (
                  <Table.Tr key={slot}>
                    {[slot, row, column, step.ranks[index] ?? '–', shareText(step.scores[index] ?? 0)].map(
                      (cell, place) => (
                        <Table.Td key={place} ta="right">
                          {cell}
                        </Table.Td>
                      ),
                    )}
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </>
  );
}
