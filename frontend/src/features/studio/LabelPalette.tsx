import { ActionIcon } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';

import { formatVolume_ml, labelId, labelsVolume_ml, statisticsOf, toggled, useSession, useStore, useViewer } from '~/viewer';

import { useStudio } from './studioContext';
import { text } from './text';
import classes from './Studio.module.css';

/** Choose, show and hide labels; volumes of labels and regions as they are painted. */
export function LabelPalette() {
  const studio = useStudio();
  const { store } = useSession();
  const { scheme } = studio;
  const chosen = useStore(studio.tools, ({ label }) => label);
  const hidden = useViewer((state) => state.hiddenLabels);
  const labels = scheme.labels.filter(({ value }) => value !== 0);
  return (
    <section className={classes.section} aria-label={text.labels}>
      <h3 className={classes.heading}>
        {text.labels} <span>{text.unit}</span>
      </h3>
      <div role="radiogroup" aria-label={text.labels} className={classes.labels}>
        {labels.map(({ value, name, color }, i) => {
          const id = labelId(scheme, value);
          const isHidden = hidden.has(id);
          return (
            <div key={value} className={classes.labelRow} data-chosen={value === chosen}>
              <button
                type="button"
                role="radio"
                aria-checked={value === chosen}
                className={classes.label}
                onClick={() => studio.choose({ label: value })}
              >
                <i className={classes.swatch} style={{ background: color }} aria-hidden />
                <span className={classes.labelName}>{name}</span>
                {i < 9 && <kbd className={classes.key}>{i + 1}</kbd>}
              </button>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={isHidden ? text.show(name) : text.hide(name)}
                aria-pressed={!isHidden}
                onClick={() => store.update((state) => ({ ...state, hiddenLabels: toggled(state.hiddenLabels, id) }))}
              >
                {isHidden ? <IconEyeOff size={15} aria-hidden /> : <IconEye size={15} aria-hidden />}
              </ActionIcon>
              <Volume labels={[value]} />
            </div>
          );
        })}
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
      </dl>
    </section>
  );
}

function Volume({ labels }: { readonly labels: readonly number[] }) {
  const { drawing } = useStudio();
  const { labelmap } = drawing;
  const volume = useViewer(() => formatVolume_ml(labelsVolume_ml(statisticsOf(labelmap), labels, labelmap.spacing_mm)));
  return <span className={classes.volume}>{volume}</span>;
}
