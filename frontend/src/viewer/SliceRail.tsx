import { type PointerEvent, useMemo } from 'react';

import { type PlaneGeometry, voxelIndex } from './core/planes';
import { layersOf, referenceVolume, statisticsOf } from './scene';
import { useSession, useViewer } from './session';
import { slicePosition, stepSlices } from './state';
import classes from './SlicePane.module.css';

/** Where one is in the stack, and which slices hold labels; drag to move. Keys move the pane itself. */
export function SliceRail({ geometry }: { readonly geometry: PlaneGeometry }) {
  const { store, content } = useSession();
  const crosshair = useViewer((state) => state.crosshair);
  const extents = useViewer((state, of) =>
    layersOf(of, { ...state, blinking: false })
      .map(({ labelmap }) => labelledRuns(statisticsOf(labelmap).profiles[geometry.slice.axis], geometry))
      .join(';'),
  );
  const marks = useMemo(() => parseRuns(extents), [extents]);
  const count = geometry.slice.length;
  const percent = (position: number) => `${100 * (1 - position / count)}%`;

  const follow = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const wanted = Math.floor((1 - (event.clientY - box.top) / box.height) * count);
    store.update((state) => {
      const volume = referenceVolume(content, state);
      if (!state.crosshair || !volume) return state;
      const position = Math.min(count - 1, Math.max(0, wanted));
      return stepSlices(state, volume.shape, geometry, position - slicePosition(state.crosshair, geometry));
    });
  };

  if (!crosshair) return null;
  const position = slicePosition(crosshair, geometry);
  return (
    <div className={classes.rail} data-pane-control aria-hidden onPointerDown={follow} onPointerMove={follow}>
      <div className={classes.railTrack}>
        {marks.map(([from, to]) => (
          <i
            key={`${from}-${to}`}
            className={classes.railMark}
            style={{ top: percent(to + 1), height: `${(100 * (to + 1 - from)) / count}%` }}
          />
        ))}
        <i className={classes.railThumb} style={{ top: percent(position + 0.5) }} />
      </div>
    </div>
  );
}

/** Runs of slices with labels, as `from-to` positions in display direction, joined by commas. */
function labelledRuns(profile: Uint32Array, { slice }: PlaneGeometry): string {
  const runs: string[] = [];
  let from = -1;
  for (let position = 0; position <= slice.length; position += 1) {
    const labelled = position < slice.length && (profile[voxelIndex(slice, position)] ?? 0) > 0;
    if (labelled && from < 0) from = position;
    if (!labelled && from >= 0) {
      runs.push(`${from}-${position - 1}`);
      from = -1;
    }
  }
  return runs.join(',');
}

function parseRuns(text: string): [number, number][] {
  const unique = new Set(text.split(/[;,]/).filter(Boolean));
  return [...unique].map((run) => {
    const [from, to] = run.split('-').map(Number);
    return [from ?? 0, to ?? 0];
  });
}
