/** Regions that the model asked to see, over the picture: dashed what it named, solid what it was shown. */
import type { ImageGeometry, PixelBox } from '../../../../shared/trace.ts';
import { stepColour } from '../../app/palette.ts';
import classes from './patch-overlay.module.css';
import { boxText, type RegionMark } from './region-marks.ts';

export type RegionOverlayProps = Readonly<{ geometry: ImageGeometry; marks: readonly RegionMark[] }>;

export function RegionOverlay({ geometry: { sourceWidth, sourceHeight }, marks }: RegionOverlayProps) {
  const label = marks.map(({ index, region }) => `region ${String(index + 1)} at ${boxText(region.shown)}`).join('; ');
  return (
    <svg
      className={classes.overlay}
      viewBox={`0 0 ${String(sourceWidth)} ${String(sourceHeight)}`}
      preserveAspectRatio="none"
      data-overlay="regions"
      role="img"
      aria-label={`Shown larger: ${label}`}
    >
      {marks.map(({ index, region }) => (
        <g key={index} data-region={index}>
          <rect {...region.shown} className={classes.halo} />
          <rect
            {...region.shown}
            className={classes.selected}
            fill={stepColour(index)}
            fillOpacity={0.12}
            stroke={stepColour(index)}
            data-box="shown"
          />
          <rect {...region.asked} className={classes.asked} stroke="#000" strokeOpacity={0.45} />
          <rect
            {...region.asked}
            className={classes.asked}
            stroke={stepColour(index)}
            strokeDasharray="6 4"
            data-box="asked"
          />
          <RegionNumber number={index + 1} box={region.shown} size={0.06 * Math.min(sourceWidth, sourceHeight)} />
        </g>
      ))}
    </svg>
  );
}

function RegionNumber({ number, box, size }: Readonly<{ number: number; box: PixelBox; size: number }>) {
  return (
    <text
      className={classes.number}
      x={box.x + 0.3 * size}
      y={box.y + 1.1 * size}
      fontSize={size}
      strokeWidth={size / 6}
      aria-hidden="true"
    >
      {number}
    </text>
  );
}
