import { lazy, Suspense, useMemo } from 'react';

import { panesOf } from './scene';
import { useSession, useViewer } from './session';
import { SlicePane } from './SlicePane';
import { shows3d } from './state';
import classes from './CaseViewer.module.css';

const VolumePane = lazy(async () => ({ default: (await import('./three-d/VolumePane')).VolumePane }));

/** The panes of the chosen layout; one only where there is no room for more. */
export function PaneGrid({ compact }: { readonly compact: boolean }) {
  const { content } = useSession();
  const chosenLayout = useViewer((state) => state.layout);
  const slot = useViewer((state) => state.slot);
  const plane = useViewer((state) => state.plane);
  const subtraction = useViewer((state) => state.subtraction);
  const layout = compact ? (shows3d(chosenLayout) ? '3d' : 'single') : chosenLayout;
  // In a grid of all sequences the chosen one changes nothing, so panes keep their identity and buffers.
  const anchorSlot = layout === 'sequences' ? 0 : slot;
  const anchorPlane = layout === 'planes' || layout === 'planes-3d' ? 'axial' : plane;
  const panes = useMemo(() => panesOf(content, layout, anchorSlot, anchorPlane, subtraction), [content, layout, anchorSlot, anchorPlane, subtraction]);
  const columns = Math.ceil(Math.sqrt(panes.length));
  return (
    <div
      className={classes.panes}
      data-layout={layout}
      style={layout === 'sequences' ? { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` } : undefined}
    >
      {panes.map((pane) => (
        <SlicePane
          key={pane.id}
          pane={pane}
          active={panes.length > 1 && pane.slotIndex === slot && pane.plane === plane}
        />
      ))}
      {shows3d(layout) && (
        <Suspense>
          <VolumePane />
        </Suspense>
      )}
    </div>
  );
}
