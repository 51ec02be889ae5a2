/** Masses and focus against the step, as small line charts; the table above holds the same numbers. */
import { LineChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Box, SimpleGrid, Text } from '@mantine/core';
import type { LatentStep } from '../../../../shared/trace.ts';
import { massColours } from '../../app/palette.ts';
import { masses } from './masses.ts';

type Series = Readonly<{ name: string; label: string; color: string }>;

const massSeries: readonly Series[] = masses.map(([name, label]) => ({ name, label, color: massColours[name] }));
const focus: readonly Series[] = [
  { name: 'visionFocus', label: 'focus', color: 'var(--mantine-primary-color-filled)' },
];

export default function StepChart({ steps }: Readonly<{ steps: readonly LatentStep[] }>) {
  const data = steps.map((step) => ({
    step: String(step.stepIndex + 1),
    visionMass: step.visionMass,
    latentVisionMass: step.latentVisionMass,
    textMass: step.textMass,
    latentTextMass: step.latentTextMass,
    visionFocus: step.visionFocus,
  }));
  return (
    <SimpleGrid cols={2} mt="md" spacing="md">
      <Chart title="Share of attention by step" data={data} series={massSeries} />
      <Chart title="Focus on the image by step" data={data} series={focus} />
    </SimpleGrid>
  );
}

type ChartProps = Readonly<{ title: string; data: Record<string, unknown>[]; series: readonly Series[] }>;

function Chart({ title, data, series }: ChartProps) {
  return (
    <Box role="img" aria-label={`${title}; the numbers are in the table above`}>
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <LineChart
        h={130}
        data={data}
        dataKey="step"
        series={[...series]}
        curveType="linear"
        withDots
        yAxisProps={{ width: 34, domain: [0, 'auto'] }}
        valueFormatter={(value) => value.toFixed(3)}
        lineChartProps={{ accessibilityLayer: false }}
      />
    </Box>
  );
}
