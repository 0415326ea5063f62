import { useMemo } from 'react';

import type { CaseOverlay } from '../content';
import type { Vec3 } from '../core/affine';
import { presentLabels } from '../core/labels';
import { labelBits } from '../core/unsure';
import { valueAt, type Volume, voxelToWorld } from '../core/volume';
import { formatIntensity, formatWorld_mm } from '../format';
import { imageOrProblem, labelmapOf, referenceVolume, statisticsOf } from '../scene';
import { useSession, useViewer } from '../session';
import classes from './panel.module.css';

/** Values under the pointer, or at the crosshair while the pointer is elsewhere. */
export function CursorReadout() {
  const voxel = useViewer((state) => state.hover ?? state.crosshair);
  const volume = useViewer((state, content) => referenceVolume(content, state));
  return (
    <section className={classes.readout} aria-label="Values at the cursor">
      {voxel && volume ? <Values voxel={voxel} volume={volume} /> : <p className={classes.note}>No image yet.</p>}
    </section>
  );
}

function Values({ voxel, volume }: { readonly voxel: Vec3; readonly volume: Volume }) {
  const { content } = useSession();
  return (
    <dl className={classes.values}>
      <div title="Voxel indices in the file's order, from 0">
        <dt>Voxel</dt>
        <dd>{voxel.join('  ')}</dd>
      </div>
      <div title="Position in patient space">
        <dt>mm</dt>
        <dd>{formatWorld_mm(voxelToWorld(volume, voxel))}</dd>
      </div>
      {content.images.map((image) => (
        <Intensity key={image.url} name={image.name} url={image.url} voxel={voxel} />
      ))}
      {content.overlays.map((overlay) => (
        <LabelAt key={overlay.key} overlay={overlay} voxel={voxel} />
      ))}
    </dl>
  );
}

function Intensity({ name, url, voxel }: { readonly name: string; readonly url: string; readonly voxel: Vec3 }) {
  const { content } = useSession();
  const image = content.images.find((candidate) => candidate.url === url);
  const volume = useViewer((state) => (image ? imageOrProblem(content, state, image) : null));
  const value = volume && typeof volume === 'object' ? valueAt(volume, voxel) : null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === null ? '–' : formatIntensity(value)}</dd>
    </div>
  );
}

function LabelAt({ overlay, voxel }: { readonly overlay: CaseOverlay; readonly voxel: Vec3 }) {
  const labelmap = useViewer((state, content) =>
    state.shownOverlays.has(overlay.key) ? labelmapOf(content, state, overlay.key) : null,
  );
  const labels = useMemo(
    () => (labelmap ? presentLabels(overlay.scheme, statisticsOf(labelmap)) : []),
    [labelmap, overlay],
  );
  if (!labelmap) return null;
  const held = valueAt(labelmap, voxel);
  const value = held === null ? null : held & labelBits(labelmap);
  const label = labels.find((candidate) => candidate.value === value);
  return (
    <div>
      <dt>{overlay.name}</dt>
      <dd>
        {label ? (
          <>
            <i className={classes.swatch} style={{ background: label.color }} aria-hidden />
            {label.name}
          </>
        ) : (
          <span className={classes.dim}>none</span>
        )}
        {value !== held && <span className={classes.dim}> (unsure)</span>}
      </dd>
    </div>
  );
}
