/** Counts in equal bins as a bar chart; the last bin also holds what lies beyond its edge. Loaded lazily (charts). */
import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.css';

export type HistogramProps = Readonly<{
  bins: readonly number[];
  /** Upper edge of the last bin; the first begins at `binStart`. */
  binEnd: number;
  binStart?: number;
  /** What is counted. */
  name: string;
  label: string;
  format: (value: number) => string;
  height?: number;
}>;

export default function Histogram({ bins, binEnd, binStart = 0, name, label, format, height = 160 }: HistogramProps) {
  const width = (binEnd - binStart) / bins.length;
  const data = bins.map((count, index) => {
    const from = binStart + index * width;
    const range = index === bins.length - 1 ? `${format(from)} and more` : `${format(from)} to ${format(from + width)}`;
    return { from: format(from), range, [name]: count };
  });
  return (
    <div role="img" aria-label={label}>
      <BarChart
        h={height}
        data={data}
        dataKey="from"
        series={[{ name, color: 'violet.5' }]}
        barProps={{ isAnimationActive: false }}
        gridAxis="x"
        xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 24 }}
        yAxisProps={{ width: 44, allowDecimals: false }}
        tooltipProps={{ labelFormatter: (_label, payload) => rangeOf(payload) }}
      />
    </div>
  );
}

function rangeOf(payload: readonly Readonly<{ payload?: unknown }>[]): string {
  const row = payload[0]?.payload;
  return typeof row === 'object' && row !== null && 'range' in row ? String(row.range) : '';
}
