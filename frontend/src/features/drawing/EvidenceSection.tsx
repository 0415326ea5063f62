import { useEffect, useState } from 'react';

import { evidenceAt, type Evidence, referenceVolume, useSession, useViewer, type Vec3 } from '~/viewer';

import { text } from './text';
import classes from './Drawing.module.css';

const EVERY_MS = 100;

/** What the sequences say of the voxel under the pointer, or at the crosshair. */
export function EvidenceSection() {
  const { store, content } = useSession();
  const voxel = useVoxelNow();
  const volume = useViewer((state) => referenceVolume(content, state));
  const state = store.get();
  const evidence = voxel && volume ? evidenceAt(content, state, voxel) : [];
  if (evidence.length === 0) return null;
  return (
    <section className={classes.section} aria-label={text.evidence}>
      <h3 className={classes.heading}>
        {text.evidence} <span>{text.evidenceUnit}</span>
      </h3>
      <dl className={classes.evidence}>
        {evidence.map((each) => (
          <EvidenceRow key={each.name} evidence={each} />
        ))}
      </dl>
    </section>
  );
}

/** The voxel under the pointer, or the crosshair's, a few times a second: the pointer is not to wait for the card. */
function useVoxelNow(): Vec3 | null {
  const { store } = useSession();
  const read = () => store.get().hover ?? store.get().crosshair;
  const [voxel, setVoxel] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = store.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        const { hover, crosshair } = store.get();
        setVoxel((before) => (sameVoxel(before, hover ?? crosshair) ? before : (hover ?? crosshair)));
      }, EVERY_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [store]);
  return voxel;
}

function sameVoxel(a: Vec3 | null, b: Vec3 | null): boolean {
  return a === b || (a !== null && b !== null && a.every((index, axis) => index === b[axis]));
}

function EvidenceRow({ evidence }: { readonly evidence: Evidence }) {
  const { name, percent, hint } = evidence;
  const shown = percent === null ? '–' : `${percent > 0 ? '+' : ''}${Math.round(percent)} %`.replace('-', '−');
  const width = `${Math.min(50, Math.abs(percent ?? 0) / 2)}%`;
  return (
    <div title={hint}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.gauge} aria-hidden>
          <i data-sign={(percent ?? 0) < 0 ? 'less' : 'more'} style={{ width }} />
        </span>
        {shown}
      </dd>
    </div>
  );
}
