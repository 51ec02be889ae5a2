/** A difference with its interval around a middle line at zero; losses lie to the left. */
import type { Interval } from '../../../../shared/statistics.ts';
import { differenceColours } from '../../app/palette.ts';
import classes from './difference-bar.module.css';
import { points, pointsInterval } from './figures.ts';

const width = 150;
const height = 16;

/** @param scale the difference at either end of the bar */
export function DifferenceBar({ difference, scale }: Readonly<{ difference: Interval; scale: number }>) {
  const x = (value: number): number => (width / 2) * (1 + Math.max(-1, Math.min(1, value / scale)));
  const { estimate, low, high } = difference;
  const label = `${points(estimate)} points, 95 % interval ${pointsInterval(difference)}`;
  return (
    <svg width={width} height={height} role="img" aria-label={label} className={classes.bar}>
      <title>{label}</title>
      <line x1={width / 2} x2={width / 2} y1={0} y2={height} className={classes.zero} />
      <line x1={x(low)} x2={x(high)} y1={8} y2={8} className={classes.interval} />
      <line x1={x(low)} x2={x(low)} y1={4} y2={12} className={classes.interval} />
      <line x1={x(high)} x2={x(high)} y1={4} y2={12} className={classes.interval} />
      <circle cx={x(estimate)} cy={8} r={4} fill={differenceColours[estimate < 0 ? 'loss' : 'gain']} />
    </svg>
  );
}
