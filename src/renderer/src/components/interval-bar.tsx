/** An accuracy as a bar with its 95 % interval on a scale from 0 to 1. */
import type { Interval } from '../../../shared/statistics.ts';
import classes from './interval-bar.module.css';
import { percent } from './numbers.ts';

const width = 120;
const height = 14;

export function IntervalBar({ interval }: Readonly<{ interval: Interval }>) {
  const { estimate, low, high } = interval;
  const x = (fraction: number): number => fraction * width;
  const label = `${percent(estimate)}, 95 % interval ${percent(low)} to ${percent(high)}`;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={classes.bar}
    >
      <title>{label}</title>
      <rect x={0} y={3} width={width} height={8} rx={4} className={classes.track} />
      <rect x={0} y={3} width={x(estimate)} height={8} rx={4} className={classes.value} />
      <line x1={x(low)} x2={x(high)} y1={7} y2={7} className={classes.interval} />
      <line x1={x(low)} x2={x(low)} y1={3.5} y2={10.5} className={classes.interval} />
      <line x1={x(high)} x2={x(high)} y1={3.5} y2={10.5} className={classes.interval} />
    </svg>
  );
}
