import { type Labelmap, useSession, useViewer, valueAt } from '~/viewer';

import { DRAWING } from '../drawing';
import { FUSED, sourceUrl } from './addresses';
import { FUSED_COLOR, sourceColor } from './colors';
import { useHere } from './roomContext';
import { text } from './text';
import classes from './Adjudication.module.css';

/** What the adjudicated labelmap, the fusion and each rater have at one voxel. */
export function EvidenceSection() {
  const { adjudication } = useHere();
  const voxel = useViewer((state) => state.hover ?? state.crosshair);
  const { id, raters } = adjudication;
  return (
    <section className={classes.evidence} aria-label={text.evidence.title}>
      <h2 className={classes.heading}>
        {text.evidence.title} <span>{voxel?.join('  ') ?? text.evidence.none}</span>
      </h2>
      <dl className={classes.evidenceRows}>
        <Says name={text.evidence.adjudicated} url={DRAWING.url} />
        <Says name={text.source(FUSED)} url={sourceUrl(id, FUSED)} color={FUSED_COLOR} />
        {raters.map(({ key }) => (
          <Says key={key} name={key} spoken={text.rater(key)} url={sourceUrl(id, key)} color={sourceColor(key)} />
        ))}
      </dl>
    </section>
  );
}

interface SaysProps {
  readonly name: string;
  /** In full, where the name is short. */
  readonly spoken?: string;
  readonly url: string;
  readonly color?: string;
}

function Says({ name, spoken, url, color }: SaysProps) {
  const { room, adjudication } = useHere();
  const { store } = useSession();
  const value = useViewer(() => {
    const { files, hover, crosshair } = store.get();
    const voxel = hover ?? crosshair;
    const file = files[url];
    return voxel && file?.status === 'labelmap' ? valueAt(file.labelmap satisfies Labelmap, voxel) : null;
  });
  const label = adjudication.scheme.labels.find((one) => one.value === value);
  return (
    <div>
      <dt>
        <i className={classes.line} style={color ? { background: color } : undefined} aria-hidden />
        <span aria-label={spoken}>{name}</span>
      </dt>
      <dd>
        {value !== null && value > 0 && <i className={classes.swatch} style={{ background: room.editor.color(value) }} aria-hidden />}
        <span title={label?.name} data-dim={value === 0}>
          {value === null ? '…' : value === 0 ? text.evidence.background : (label?.name ?? value)}
        </span>
      </dd>
    </div>
  );
}
