/** A chart of series with its frame: legend and table are the series' own. */
import { ChartCard, type ChartCardProps } from './chart-card.tsx';
import { SeriesChart, tableOfSeries, type SeriesChartProps } from './series-chart.tsx';

export type SeriesCardProps = Omit<ChartCardProps, 'table' | 'legend' | 'children'> & Omit<SeriesChartProps, 'label'>;

export function SeriesCard(props: SeriesCardProps) {
  const { title, note, fileName, definition, controls, ...chart } = props;
  return (
    <ChartCard
      title={title}
      note={note}
      fileName={fileName}
      definition={definition}
      controls={controls}
      legend={chart.series}
      table={tableOfSeries(chart)}
    >
      <SeriesChart
        label={`${title}: ${chart.series.map(({ label }) => label).join(', ')} by ${chart.xLabel}`}
        {...chart}
      />
    </ChartCard>
  );
}
