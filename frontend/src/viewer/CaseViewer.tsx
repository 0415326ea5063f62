import { useElementSize } from '@mantine/hooks';
import { useMemo, useState } from 'react';

import type { CaseImage, CaseOverlay, ErrorPair } from './content';
import type { Vec3 } from './core/affine';
import { DarkTheme } from './DarkTheme';
import { Keyboard } from './Keyboard';
import { SidePanel } from './panel/SidePanel';
import { PaneGrid } from './PaneGrid';
import { type Session, SessionContext, useNewSession } from './session';
import { CompactToolbar, Toolbar } from './Toolbar';
import { viewerKeys } from './viewerKeys';
import classes from './CaseViewer.module.css';

export interface CaseViewerProps {
  readonly images: readonly CaseImage[];
  /** Names of sequences that the case lacks; each is shown as an empty pane. */
  readonly missing: readonly string[];
  readonly overlays: readonly CaseOverlay[];
  readonly error_pairs?: readonly ErrorPair[];
  readonly title?: string;
  /** Voxel at which to open. */
  readonly opensAt?: Vec3 | null;
}

/** Below this width there is one pane, and the panel becomes a sheet at the bottom. */
const COMPACT_BELOW_PX = 700;
const NO_PAIRS: readonly ErrorPair[] = [];

/** Read-only viewer of one case. It fills its parent, which must have a height. */
export function CaseViewer({ images, missing, overlays, error_pairs = NO_PAIRS, title, opensAt = null }: CaseViewerProps) {
  const session = useNewSession({ images, missing, overlays, error_pairs }, null, opensAt);
  const bindings = useMemo(() => viewerKeys(session.content), [session]);
  return (
    <DarkTheme>
      <SessionContext value={session}>
        <Keyboard bindings={bindings} scope="viewer">
          <ViewerLayout title={title} session={session} />
        </Keyboard>
      </SessionContext>
    </DarkTheme>
  );
}

function ViewerLayout({ title, session }: { readonly title?: string; readonly session: Session }) {
  const { ref, width } = useElementSize();
  const [panelOpen, setPanelOpen] = useState(true);
  const compact = width > 0 && width < COMPACT_BELOW_PX;
  const empty = useMemo(() => session.content.images.length + session.content.missing.length === 0, [session]);
  return (
    <section ref={ref} className={classes.viewer} aria-label={title ? `Case viewer: ${title}` : 'Case viewer'} data-compact={compact}>
      {compact ? (
        <CompactToolbar title={title} />
      ) : (
        <Toolbar title={title} panelOpen={panelOpen} onTogglePanel={() => setPanelOpen((open) => !open)} />
      )}
      {empty ? <p className={classes.empty}>This case has no images.</p> : <PaneGrid compact={compact} />}
      {compact ? <BottomSheet /> : panelOpen && <SidePanel />}
    </section>
  );
}

function BottomSheet() {
  const [open, setOpen] = useState(false);
  return (
    <div className={classes.sheet} data-open={open}>
      <button type="button" className={classes.sheetHandle} aria-expanded={open} onClick={() => setOpen((was) => !was)}>
        <span className={classes.sheetGrip} aria-hidden />
        {open ? 'Close' : 'Overlays, labels and values'}
      </button>
      {open && <SidePanel />}
    </div>
  );
}
