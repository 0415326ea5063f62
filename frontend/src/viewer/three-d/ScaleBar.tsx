import { type Camera, scaleOf, type Target } from './camera';
import classes from './VolumePane.module.css';

const LENGTHS_MM = [1, 2, 5, 10, 20, 50, 100, 200] as const;
const LONGEST_PX = 110;

interface ScaleBarProps {
  readonly camera: Camera;
  readonly target: Target;
  readonly size_px: readonly [number, number];
}

/** Without perspective one bar holds everywhere. */
export function ScaleBar({ camera, target, size_px }: ScaleBarProps) {
  const scale = scaleOf(camera, target, size_px);
  const length_mm = LENGTHS_MM.findLast((length) => length * scale <= LONGEST_PX) ?? LENGTHS_MM[0];
  if (!(scale > 0)) return null;
  return (
    <div className={classes.scale} data-mm={length_mm}>
      <i style={{ width: length_mm * scale }} aria-hidden />
      {length_mm} mm
    </div>
  );
}
