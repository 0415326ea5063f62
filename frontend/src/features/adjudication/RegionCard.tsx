import { Tooltip, VisuallyHidden } from '@mantine/core';
import { Fragment } from 'react';

import { shownChord } from '~/viewer';

import { FUSED } from './addresses';
import { sourceColor } from './colors';
import { takeKey } from './keys';
import type { ContestedRegion } from './queries';
import { asked, labelName, opinion, type Settled } from './regions';
import { useHere } from './roomContext';
import { shownSize } from './size';
import { text } from './text';
import classes from './Adjudication.module.css';

interface CardProps {
  readonly region: ContestedRegion;
  readonly settled: Settled | undefined;
}

/** What each rater and the fusion say of a region; one press takes it over. */
export function RegionCard({ region, settled }: CardProps) {
  const { adjudication } = useHere();
  return (
    <div className={classes.card} role="group" aria-label={text.regions.says}>
      <Question region={region} />
      {[...adjudication.raters.map(({ key, name }) => ({ key, name })), { key: FUSED, name: null }].map(({ key, name }) => (
        <Source
          key={key}
          source={key}
          person={name}
          region={region}
          isTaken={settled?.state === 'taken' && settled.source === key}
        />
      ))}
    </div>
  );
}

/** Between which labels to choose, each in its colour. */
function Question({ region }: { readonly region: ContestedRegion }) {
  const { room, adjudication } = useHere();
  const labels = asked(region);
  return (
    <p className={classes.question}>
      {labels.map((label, place) => (
        <Fragment key={label}>
          {place > 0 && text.regions.between(place === labels.length - 1)}
          <span className={classes.choice}>
            <i
              className={classes.swatch}
              data-empty={label === 0}
              style={label === 0 ? undefined : { background: room.editor.color(label) }}
              aria-hidden
            />
            {label === 0 ? text.regions.background : labelName(adjudication.scheme, label)}
          </span>
        </Fragment>
      ))}
      ?
    </p>
  );
}

interface SourceProps {
  readonly source: string;
  /** The rater's name, for those who may know it. */
  readonly person: string | null;
  readonly region: ContestedRegion;
  readonly isTaken: boolean;
}

function Source({ source, person, region, isTaken }: SourceProps) {
  const { room, adjudication, isOpen } = useHere();
  const key = takeKey(source);
  const shown = key ? shownChord(key).join(' ') : null;
  const voxel_ml = region.volume_ml / region.voxels;
  const nameOf = (label: number) => (label === 0 ? text.nobody : labelName(adjudication.scheme, label));
  const says = opinion(region, source).map(({ label, voxels }) => ({
    label,
    name: nameOf(label),
    size: shownSize(voxels, voxels * voxel_ml),
  }));
  return (
    <Tooltip label={text.regions.takeHint(source, shown)} disabled={!isOpen} multiline maw={260}>
      <button
        type="button"
        className={classes.source}
        data-taken={isTaken}
        disabled={!isOpen}
        aria-pressed={isTaken}
        onClick={() => void room.take(source)}
      >
        <i className={classes.line} style={{ background: sourceColor(source) }} aria-hidden />
        <span className={classes.sourceName}>
          <span>
            {isOpen && <VisuallyHidden>{text.regions.take} </VisuallyHidden>}
            {text.source(source)}
          </span>
          {person && <small>{person}</small>}
        </span>
        <span className={classes.says}>
          {says.map(({ label, name, size }) => (
            <span key={label} title={name}>
              <i className={classes.swatch} data-empty={label === 0} style={label === 0 ? undefined : { background: room.editor.color(label) }} />
              <VisuallyHidden>{name} </VisuallyHidden>
              {size.replace(' mL', '')}
            </span>
          ))}
        </span>
        {shown && isOpen && (
          <kbd className={classes.key} aria-hidden>
            {shown}
          </kbd>
        )}
      </button>
    </Tooltip>
  );
}
