/** Darkens the parts of the picture that were cut off before the model was fed. */
import { cutShade } from '../../../../shared/picture-colours.ts';
import { cutBoxes, type ImageGeometry } from '../../../../shared/trace.ts';
import classes from './patch-overlay.module.css';

export function CutOverlay({ geometry }: Readonly<{ geometry: ImageGeometry }>) {
  const boxes = cutBoxes(geometry);
  if (boxes.length === 0) return null;
  return (
    <svg
      className={classes.overlay}
      viewBox={`0 0 ${String(geometry.sourceWidth)} ${String(geometry.sourceHeight)}`}
      preserveAspectRatio="none"
      data-overlay="cut"
      role="img"
      aria-label="Darkened: what the model was not shown"
    >
      {boxes.map((box) => (
        <rect key={`${String(box.x)} ${String(box.y)}`} {...box} {...cutShade} />
      ))}
    </svg>
  );
}
