import { useMemo } from 'react';

import { panesOf } from './scene';
import { useSession, useViewer } from './session';
import { SlicePane } from './SlicePane';
import classes from './CaseViewer.module.css';

/** The panes of the chosen layout; one only where there is no room for more. */
export function PaneGrid({ compact }: { readonly compact: boolean }) {
  const { content } = useSession();
  const chosenLayout = useViewer((state) => state.layout);
  const slot = useViewer((state) => state.slot);
  const plane = useViewer((state) => state.plane);
  const layout = compact ? 'single' : chosenLayout;
  // In a grid of all sequences the chosen one changes nothing, so panes keep their identity and buffers.
  const anchorSlot = layout === 'sequences' ? 0 : slot;
  const anchorPlane = layout === 'planes' ? 'axial' : plane;
  const panes = useMemo(() => panesOf(content, layout, anchorSlot, anchorPlane), [content, layout, anchorSlot, anchorPlane]);
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
    </div>
  );
}
