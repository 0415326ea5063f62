import { Swatch } from '../panel/Swatch';
import { useSession } from '../session';
import { threeDStateOf } from './threeDState';
import type { ShownLabel } from './labelLook';
import classes from './VolumePane.module.css';

interface LegendProps {
  readonly labels: readonly ShownLabel[];
  readonly hasOpacity: boolean;
}

/** The labels that occur: a click hides one, its slider makes it glass or solid. */
export function Legend({ labels, hasOpacity }: LegendProps) {
  const { store } = useSession();
  const threeD = threeDStateOf(store);
  if (labels.length === 0) return null;
  return (
    <ul className={classes.legend} data-pane-control aria-label="Labels in 3D">
      {labels.map(({ id, name, color, opacity }) => (
        <li key={id}>
          <Swatch id={id} name={name} color={color} />
          {hasOpacity && (
            <input
              type="range"
              min={0.1}
              max={1}
              step={0.05}
              value={opacity}
              aria-label={`Opacity of ${name} in 3D`}
              title={`${Math.round(100 * opacity)} % opaque`}
              style={{ accentColor: color }}
              onChange={({ target }) =>
                threeD.update((state) => ({ ...state, opacities: { ...state.opacities, [id]: Number(target.value) } }))
              }
            />
          )}
        </li>
      ))}
    </ul>
  );
}
