import { formatVolume_ml } from '~/viewer';

import { text } from './text';
import type { ProvenanceRow } from './useProvenance';
import classes from './Adjudication.module.css';

/** The legend of the layer that shows who decided each voxel. */
export function ProvenanceSection({ rows }: { readonly rows: readonly ProvenanceRow[] }) {
  return (
    <section className={classes.section} aria-label={text.provenance.title}>
      <h2 className={classes.heading}>
        {text.provenance.title} <span>{text.provenance.unit}</span>
      </h2>
      {rows.length === 0 && <p className={classes.note}>{text.provenance.empty}</p>}
      <dl className={classes.legend}>
        {rows.map(({ code, name, color, volume_ml }) => (
          <div key={code}>
            <dt>
              <i className={classes.swatch} style={{ background: color }} aria-hidden />
              {name}
            </dt>
            <dd>{formatVolume_ml(volume_ml)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
