import { basisOf, type Camera, dot, type Side, SIDES } from './camera';
import classes from './VolumePane.module.css';

const SIZE_PX = 92;
const RADIUS_PX = 32;
const SIDE_NAMES: readonly Side[] = ['R', 'L', 'A', 'P', 'S', 'I'];

interface CompassProps {
  readonly camera: Camera;
  readonly onTurn: (camera: Camera) => void;
}

/** Where the sides of the body lie; those that face the viewer are bright. A click looks from that side. */
export function Compass({ camera, onTurn }: CompassProps) {
  const { right, up, eye } = basisOf(camera);
  const places = SIDE_NAMES.map((side) => {
    const { direction, name, azimuth_deg, elevation_deg } = SIDES[side];
    const depth = dot(direction, eye);
    const x = SIZE_PX / 2 + RADIUS_PX * dot(direction, right);
    const y = SIZE_PX / 2 - RADIUS_PX * dot(direction, up);
    return { side, name, depth, x, y, view: { ...camera, azimuth_deg, elevation_deg } };
  }).sort((a, b) => a.depth - b.depth);
  return (
    <div className={classes.compass} data-pane-control style={{ width: SIZE_PX, height: SIZE_PX }}>
      <svg width={SIZE_PX} height={SIZE_PX} aria-hidden>
        {places.map(({ side, x, y, depth }) => (
          <line key={side} x1={SIZE_PX / 2} y1={SIZE_PX / 2} x2={x} y2={y} className={classes.axis} data-behind={depth < 0} />
        ))}
      </svg>
      {places.map(({ side, name, x, y, depth, view }) => (
        <button
          key={side}
          type="button"
          className={classes.side}
          data-side={side}
          data-behind={depth < -0.05}
          // Straight behind the middle it would be read as the side that faces the viewer.
          hidden={depth < -0.94}
          style={{ left: x, top: y }}
          title={`From the ${name}`}
          aria-label={`Look from the ${name}`}
          onClick={() => onTurn(view)}
        >
          {side}
        </button>
      ))}
    </div>
  );
}
