/** For each latent step: where its query row looked (four shares that add up to 1), its focus, and its pool. */
import { Group, ScrollArea, Table, Text, UnstyledButton } from '@mantine/core';
import type { LatentStep } from '../../../../shared/trace.ts';
import { massColours, stepColour } from '../../app/palette.ts';
import { percent } from '../../components/numbers.ts';
import { capitalised, type StepWords } from './step-words.ts';
import { Swatch } from './swatch.tsx';

export type StepTableProps = Readonly<{
  steps: readonly LatentStep[];
  words: StepWords;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
}>;

export function StepTable({ steps, words, stepIndex, onStep }: StepTableProps) {
  return (
    <>
      <ScrollArea.Autosize
        mah={340}
        type="auto"
        offsetScrollbars="y"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `${capitalised(words.names)} in numbers` }}
      >
        <Table
          verticalSpacing={6}
          horizontalSpacing={6}
          fz="sm"
          stickyHeader
          styles={{ th: { backgroundColor: 'light-dark(#fff, var(--mantine-color-dark-6))' } }}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={words.short === 'step' ? 44 : 72}>{capitalised(words.short)}</Table.Th>
              <Table.Th>Attention of the {words.row}</Table.Th>
              <Table.Th ta="right" w={62}>
                Focus
              </Table.Th>
              <Table.Th ta="right" w={84}>
                {capitalised(words.taken)}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {steps.map((step) => (
              <Table.Tr
                key={step.stepIndex}
                {...(step.stepIndex === stepIndex ? { bg: 'var(--mantine-primary-color-light)' } : {})}
              >
                <Table.Td>
                  <UnstyledButton
                    onClick={() => onStep(step.stepIndex)}
                    fz="sm"
                    aria-label={`Show ${words.short} ${String(step.stepIndex + 1)}`}
                  >
                    <Swatch colour={stepColour(step.stepIndex)} /> {step.stepIndex + 1}
                  </UnstyledButton>
                </Table.Td>
                <Table.Td>
                  <MassBar step={step} masses={words.masses} />
                </Table.Td>
                <Table.Td ta="right">{step.visionFocus.toFixed(3)}</Table.Td>
                <Table.Td ta="right">
                  {step.selectedSlots.length} of {step.pool.length}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group gap="md" mt={6}>
        {words.masses.map(([name, label]) => (
          <Text size="xs" c="dimmed" key={name}>
            <Swatch colour={massColours[name]} /> {label}
          </Text>
        ))}
      </Group>
    </>
  );
}

function MassBar({ step, masses }: Readonly<{ step: LatentStep; masses: StepWords['masses'] }>) {
  const label = masses.map(([name, text]) => `${text} ${percent(step[name])}`).join(', ');
  const starts = masses.map((_, index) => masses.slice(0, index).reduce((sum, [name]) => sum + 100 * step[name], 0));
  return (
    <svg width="100%" height="14" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      {masses.map(([name], index) => (
        <rect
          key={name}
          x={starts[index] ?? 0}
          y={1}
          width={Math.max(0, 100 * step[name])}
          height={12}
          fill={massColours[name]}
        />
      ))}
    </svg>
  );
}
