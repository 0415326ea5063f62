import { useSession, useViewer } from '../session';
import { toggled } from '../state';
import classes from './panel.module.css';

interface SwatchProps {
  /** From `labelId`. */
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

/** A label's colour and name; pressed while the label is shown. */
export function Swatch({ id, name, color }: SwatchProps) {
  const { store } = useSession();
  const hidden = useViewer((state) => state.hiddenLabels.has(id));
  return (
    <button
      type="button"
      className={classes.label}
      aria-pressed={!hidden}
      title={hidden ? `Show ${name}` : `Hide ${name}`}
      onClick={() => store.update((state) => ({ ...state, hiddenLabels: toggled(state.hiddenLabels, id) }))}
    >
      <i className={classes.swatch} style={hidden ? { boxShadow: `inset 0 0 0 1.5px ${color}` } : { background: color }} aria-hidden />
      <span>{name}</span>
    </button>
  );
}
