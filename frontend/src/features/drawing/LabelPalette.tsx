import { ActionIcon } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';

import {
  formatVolume_ml,
  type Label,
  labelId,
  toggled,
  useKeyOf,
  useNameWithKey,
  useSession,
  useStore,
  useViewer,
} from '~/viewer';

import { useLabelEditor } from './editorContext';
import { text } from './text';
import classes from './Drawing.module.css';

/** Choose, show and hide labels; volumes of labels and regions as they are painted. */
export function LabelPalette() {
  const editor = useLabelEditor();
  const { scheme } = editor;
  const labels = scheme.labels.filter(({ value }) => value !== 0);
  return (
    <section className={classes.section} aria-label={text.labels}>
      <h3 className={classes.heading}>
        {text.labels} <span>{text.unit}</span>
      </h3>
      <div role="radiogroup" aria-label={text.labels} className={classes.labels}>
        {labels.map((label, i) => (
          <LabelRow key={label.value} label={label} place={i + 1} />
        ))}
      </div>
      <dl className={classes.regions}>
        {scheme.regions.map(({ key, name, labels: inRegion }) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd>
              <Volume labels={inRegion} />
            </dd>
          </div>
        ))}
        <Unsure />
      </dl>
    </section>
  );
}

/** @param place from 1, as the keys count. */
function LabelRow({ label, place }: { readonly label: Label; readonly place: number }) {
  const { value, name, color } = label;
  const editor = useLabelEditor();
  const { store } = useSession();
  const chosen = useStore(editor.tools, (state) => state.label === value);
  const id = labelId(editor.scheme, value);
  const isHidden = useViewer((state) => state.hiddenLabels.has(id));
  const key = useKeyOf(`label.${place}`);
  const eyeWords = useNameWithKey(isHidden ? text.show(name) : text.hide(name), `visible.${place}`);
  return (
    <div className={classes.labelRow} data-chosen={chosen}>
      <button
        type="button"
        role="radio"
        aria-checked={chosen}
        className={classes.label}
        onClick={() => editor.choose({ label: value })}
      >
        <i className={classes.swatch} style={{ background: color }} aria-hidden />
        <span className={classes.labelName}>{name}</span>
        {key && (
          <kbd className={classes.key} aria-hidden>
            {key}
          </kbd>
        )}
      </button>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        title={eyeWords}
        aria-label={isHidden ? text.show(name) : text.hide(name)}
        aria-pressed={!isHidden}
        onClick={() => store.update((state) => ({ ...state, hiddenLabels: toggled(state.hiddenLabels, id) }))}
      >
        {isHidden ? <IconEyeOff size={15} aria-hidden /> : <IconEye size={15} aria-hidden />}
      </ActionIcon>
      <Volume labels={[value]} />
    </div>
  );
}

/** What is marked as unsure; nothing while nothing is. */
function Unsure() {
  const { volumes } = useLabelEditor().drawing;
  const volume = useStore(volumes.revision, () => volumes.unsure_ml());
  if (volume === 0) return null;
  return (
    <div>
      <dt>{text.unsure}</dt>
      <dd>{formatVolume_ml(volume)}</dd>
    </div>
  );
}

function Volume({ labels }: { readonly labels: readonly number[] }) {
  const { volumes } = useLabelEditor().drawing;
  const volume = useStore(volumes.revision, () => formatVolume_ml(volumes.labels_ml(labels)));
  return <span className={classes.volume}>{volume}</span>;
}
