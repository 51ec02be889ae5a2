/**
 * Series over a few ordered places (latent steps, N, bins): lines with error bars, stacked bars, or bars side by
 * side. Series are told apart by colour, dash and the shape of their points. Heavy: only in pages that load late.
 */
import { useComputedColorScheme } from '@mantine/core';
import {
  Bar,
  BarChart,
  CartesianGrid,
  ErrorBar,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { axisTicks, tickDigits } from './axis-ticks.ts';
import type { ChartTable } from './table-csv.ts';

export type ChartSeries = Readonly<{
  label: string;
  colour: string;
  /** Lengths of strokes and gaps, as SVG has them; missing: solid. */
  dash?: string;
  /** One for each place; null: no point. */
  values: readonly (number | null)[];
  /** Lower and upper end for each place. */
  intervals?: readonly (readonly [number, number] | null)[];
}>;

export type SeriesChartProps = Readonly<{
  /** Says in words what the chart shows. */
  label: string;
  kind: 'lines' | 'stacked' | 'bars';
  places: readonly string[];
  series: readonly ChartSeries[];
  xLabel: string;
  /** `digits` are decimals; the axis asks for as many as its ticks need. */
  format: (value: number, digits?: number) => string;
  /** null: as the values want it (bars from 0; not for stacked ones). */
  domain?: readonly [number, number] | null;
  height?: number;
}>;

type Row = { place: number } & Record<string, number | readonly [number, number] | null>;

export function SeriesChart(props: SeriesChartProps) {
  const { label, kind, places, series, xLabel, format, domain = [0, 1], height = 240 } = props;
  const dark = useComputedColorScheme('light') === 'dark';
  const ink = dark ? '#c9c9c9' : '#495057';
  const grid = dark ? '#424242' : '#dee2e6';
  const axis = { stroke: ink, fontSize: 12, tickLine: false } as const;
  const rows = kind === 'lines' ? dodgedRows(places, series) : plainRows(places, series);
  const nameOf = (place: number): string => places[Math.round(place)] ?? '';
  const ticks = domain === null ? axisTicks(drawnNumbers(kind, series)) : ticksOf(domain);
  const digits = tickDigits(ticks, format);
  const parts = [
    <CartesianGrid key="grid" vertical={false} stroke={grid} strokeDasharray="4 4" />,
    <YAxis
      key="y"
      {...axis}
      width={52}
      tickFormatter={(value: number) => format(value, digits)}
      domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
      ticks={ticks}
      axisLine={false}
    />,
    <Tooltip
      key="tooltip"
      formatter={(value) => format(Number(value))}
      labelFormatter={(place) => `${xLabel} ${nameOf(Number(place))}`}
      contentStyle={{ background: dark ? '#242424' : '#fff', borderColor: grid, borderRadius: 6, fontSize: 12 }}
      labelStyle={{ color: ink }}
      isAnimationActive={false}
    />,
  ];
  const xTitle = { value: xLabel, position: 'insideBottom', offset: -4, fill: ink, fontSize: 12 } as const;
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        {kind === 'lines' ? (
          <LineChart data={rows} margin={{ top: 8, right: 12, bottom: 12, left: 0 }} accessibilityLayer={false}>
            {parts}
            <XAxis
              {...axis}
              type="number"
              dataKey="place"
              domain={[-0.3, places.length - 0.7]}
              ticks={placeTicks(places.length)}
              tickFormatter={nameOf}
              label={xTitle}
            />
            {series.map((one, index) => (
              <Line
                key={one.label}
                dataKey={one.label}
                stroke={one.colour}
                strokeWidth={2}
                {...(one.dash === undefined ? {} : { strokeDasharray: one.dash })}
                connectNulls
                isAnimationActive={false}
                dot={places.length > mostPoints ? false : pointOf(index, one.colour)}
              >
                {one.intervals === undefined ? null : (
                  <ErrorBar dataKey={`±${one.label}`} width={4} stroke={one.colour} isAnimationActive={false} />
                )}
              </Line>
            ))}
          </LineChart>
        ) : (
          <BarChart
            data={rows}
            barGap={0}
            barCategoryGap="12%"
            margin={{ top: 8, right: 12, bottom: 12, left: 0 }}
            accessibilityLayer={false}
          >
            {parts}
            <XAxis {...axis} dataKey="place" tickFormatter={nameOf} label={xTitle} minTickGap={8} />
            {series.map((one) => (
              <Bar
                key={one.label}
                dataKey={one.label}
                fill={one.colour}
                isAnimationActive={false}
                {...(kind === 'stacked' ? { stackId: 'whole', maxBarSize: 72 } : {})}
              />
            ))}
          </BarChart>
        )}
      </ResponsiveContainer>
    </div>
  );
}

/** The numbers of a chart as its table. */
export function tableOfSeries({
  places,
  series,
  xLabel,
}: Pick<SeriesChartProps, 'places' | 'series' | 'xLabel'>): ChartTable {
  return {
    columns: [
      xLabel,
      ...series.flatMap(({ label, intervals }) => (intervals ? [label, `${label}, low`, `${label}, high`] : [label])),
    ],
    rows: places.map((place, index) => [
      place,
      ...series.flatMap(({ values, intervals }) => {
        const value = values[index] ?? null;
        const interval = intervals?.[index] ?? null;
        return intervals === undefined ? [value] : [value, interval?.[0] ?? null, interval?.[1] ?? null];
      }),
    ]),
  };
}

const ticksOf = ([low, high]: readonly [number, number]): number[] =>
  [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));

/** Places that are named on the axis: all while they fit, else every so many. */
function placeTicks(count: number): number[] {
  const every = [1, 2, 5, 10, 20, 50].find((step) => count / step <= mostNamed) ?? 100;
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
}

/** Everything that the axis has to reach. */
function drawnNumbers(kind: SeriesChartProps['kind'], series: readonly ChartSeries[]): number[] {
  const numbers = series
    .flatMap(({ values, intervals = [] }) => [...values, ...intervals.flatMap((interval) => interval ?? [])])
    .filter((value) => value !== null);
  return kind === 'lines' ? numbers : [0, ...numbers];
}

function plainRows(places: readonly string[], series: readonly ChartSeries[]): Row[] {
  return places.map((_, place) => ({
    place,
    ...Object.fromEntries(series.map(({ label, values }) => [label, values[place] ?? null])),
  }));
}

/** A row for each series and place, a little apart where there are error bars: these would hide each other. */
function dodgedRows(places: readonly string[], series: readonly ChartSeries[]): Row[] {
  if (!series.some(({ intervals }) => intervals !== undefined)) return plainRows(places, series);
  const gap = Math.min(0.07, 0.4 / series.length);
  return places
    .flatMap((_, place) =>
      series.map(({ label, values, intervals }, index): Row => {
        const value = values[place] ?? null;
        const interval = intervals?.[place] ?? null;
        const error =
          value === null || interval === null ? null : ([value - interval[0], interval[1] - value] as const);
        return { place: place + (index - (series.length - 1) / 2) * gap, [label]: value, [`±${label}`]: error };
      }),
    )
    .sort((a, b) => a.place - b.place);
}

/** With more places, points hide the line that they are on. */
const mostPoints = 24;

const mostNamed = 10;

const shapes = [
  'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0',
  'M-4,-4h8v8h-8z',
  'M0,-5L5,4H-5z',
  'M0,-5L5,0L0,5L-5,0z',
] as const;

type PointPlace = Readonly<{ cx?: number; cy?: number; index?: number; value?: unknown }>;

/** Draws the points of a series: its own shape and colour; nothing where it has no value. */
const pointOf =
  (series: number, colour: string) =>
  ({ cx, cy, index, value }: PointPlace) =>
    cx === undefined || cy === undefined || value === null || value === undefined ? (
      <g key={index} />
    ) : (
      <path
        key={index}
        d={shapes[series % shapes.length]}
        transform={`translate(${String(cx)},${String(cy)})`}
        fill={colour}
      />
    );
