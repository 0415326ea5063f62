import { countVoxels, formatVolume_ml, type LabelScheme, type NamedEdit, useStore } from '~/viewer';

import { useLabelEditor } from './editorContext';
import { text } from './text';
import { shownTool } from './toolset';
import classes from './Drawing.module.css';

/** More would be a list that nobody reads. */
const SHOWN = 60;

/** Every step by its name, the latest first; a click goes back to it, or forward. */
export function HistoryPanel() {
  const editor = useLabelEditor();
  const { done, undone } = useStore(editor.history, (history) => history);
  const first = Math.max(0, done.length - SHOWN);
  const nameOf = (edit: NamedEdit) => stepName(editor.scheme, edit);
  const redoSteps = (count: number) => {
    for (let i = 0; i < count; i += 1) editor.redo();
  };
  return (
    <section className={classes.section} aria-label={text.history}>
      <h3 className={classes.heading}>{text.history}</h3>
      {done.length + undone.length === 0 && <p className={classes.note}>{text.historyEmpty}</p>}
      <ol className={classes.steps}>
        {undone.map((edit, i) => (
          <Step
            key={edit.edit_id}
            edit={edit}
            state="undone"
            title={text.redoTo(nameOf(edit))}
            onClick={() => redoSteps(undone.length - i)}
          />
        ))}
        {done.slice(first).reverse().map((edit, i) => (
          <Step
            key={edit.edit_id}
            edit={edit}
            state={i === 0 ? 'latest' : 'done'}
            title={text.undoTo(nameOf(edit))}
            onClick={() => editor.undoTo(done.length - i)}
          />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  readonly edit: NamedEdit;
  readonly state: 'undone' | 'latest' | 'done';
  readonly title: string;
  readonly onClick: () => void;
}

function Step({ edit, state, title, onClick }: StepProps) {
  const editor = useLabelEditor();
  const [x, y, z] = editor.drawing.labelmap.spacing_mm;
  return (
    <li>
      <button type="button" className={classes.step} data-state={state} title={title} onClick={onClick}>
        <i
          className={classes.swatch}
          style={edit.label === null ? undefined : { background: editor.color(edit.label) }}
          aria-hidden
        />
        <span className={classes.labelName}>{shownTool(edit.tool)}</span>
        <span className={classes.volume}>{formatVolume_ml((countVoxels(edit.edit) * x * y * z) / 1000)}</span>
      </button>
    </li>
  );
}

/** Such as `Brush 3D, Edema`. */
export function stepName(scheme: LabelScheme, { tool, label }: NamedEdit): string {
  const name = scheme.labels.find(({ value }) => value === label)?.name;
  return label !== null && name ? `${shownTool(tool)}, ${name}` : shownTool(tool);
}
