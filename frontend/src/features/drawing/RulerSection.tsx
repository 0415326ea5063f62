import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';

import { forgetRuler, formatLength_mm, moveTo, referenceVolume, rulerLength_mm, useSession, useViewer } from '~/viewer';

import { text } from './text';
import classes from './Drawing.module.css';

/** Every ruler with its length; one goes to it, or removes it. Nothing without any. */
export function RulerSection() {
  const { store } = useSession();
  const rulers = useViewer((state) => state.rulers);
  const measuring = useViewer((state) => state.measuring);
  const volume = useViewer((state, content) => referenceVolume(content, state));
  if (!volume || (rulers.length === 0 && !measuring)) return null;
  return (
    <section className={classes.section} aria-label={text.rulers}>
      <h3 className={classes.heading}>
        {text.rulers} <span>mm</span>
      </h3>
      {rulers.length === 0 && <p className={classes.note}>{text.rulerHint}</p>}
      <ol className={classes.steps}>
        {rulers.map((ruler, i) => {
          const length = formatLength_mm(rulerLength_mm(volume, ruler));
          return (
            <li key={ruler.id} className={classes.finding}>
              <button
                type="button"
                className={classes.step}
                onClick={() => store.update((state) => moveTo(state, volume.shape, ruler.from))}
              >
                <span className={classes.labelName}>{text.ruler(i + 1)}</span>
                <span className={classes.volume}>{length}</span>
              </button>
              <Tooltip label={text.forgetRuler}>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`${text.forgetRuler} ${i + 1}`}
                  onClick={() => store.update((state) => forgetRuler(state, ruler.id))}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
