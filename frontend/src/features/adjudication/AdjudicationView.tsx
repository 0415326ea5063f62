import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';

import type { Room } from '~/live';
import { CompactToolbar, DarkTheme, Keyboard, PaneGrid, referenceVolume, SessionContext, Toolbar, useNewSession, useStore } from '~/viewer';

import { DRAWING_POINTER, EditorContext, ToolRail } from '../drawing';
import { adjudicationKeys, readingKeys } from './keys';
import { layersOf } from './layers';
import type { OpenedAdjudication } from './opening';
import { Panel } from './Panel';
import type { Adjudication } from './queries';
import { RoomContext, useHere } from './roomContext';
import { text } from './text';
import { TopBar } from './TopBar';
import { useOpenRoom } from './useOpenRoom';
import { type Provenance, useProvenance } from './useProvenance';
import { useShared } from './useShared';
import classes from './Adjudication.module.css';

/** Below this width there is one pane, and the panel lies under it. */
const COMPACT_BELOW_PX = 760;

interface ViewProps {
  readonly adjudication: Adjudication;
  readonly opened: OpenedAdjudication;
}

export function AdjudicationView({ adjudication, opened }: ViewProps) {
  const { case: found, raters, topic, status } = adjudication;
  const isOpen = status === 'open';
  const room = useOpenRoom(adjudication, opened);
  const { editor, journal } = room;
  const live = useShared(room, topic);
  const provenance = useProvenance(adjudication, journal);
  const [whatIf, setWhatIf] = useState<string | null>(null);
  const { shown } = provenance;
  const content = useMemo(
    () => ({
      images: found.images,
      missing: found.missing.map(({ name }) => name),
      overlays: layersOf(adjudication, { provenance: shown, whatIf }),
      error_pairs: [],
    }),
    [adjudication, found, shown, whatIf],
  );
  const session = useNewSession(content, isOpen ? editor : null);
  useEffect(() => room.attach(session), [room, session]);
  const { toggle } = provenance;
  const keysOfRaters = raters.map(({ key }) => key).join('');
  const { content: shownContent } = session;
  const bindings = useMemo(() => {
    const page = { room, content: shownContent, raters: [...keysOfRaters], onProvenance: toggle };
    return isOpen ? adjudicationKeys(page) : readingKeys(page);
  }, [isOpen, room, shownContent, keysOfRaters, toggle]);
  const here = useMemo(() => ({ room, adjudication, isOpen }), [room, adjudication, isOpen]);
  const isShown = useStore(session.store, (state) => referenceVolume(session.content, state) !== null);
  useEffect(() => {
    if (isShown) room.arrive();
  }, [room, isShown]);
  return (
    <DarkTheme>
      <SessionContext value={session}>
        <RoomContext value={here}>
          <EditorContext value={editor}>
            <Keyboard bindings={bindings} scope="adjudication" pointer={DRAWING_POINTER}>
              <Layout live={live} provenance={provenance} onWhatIf={setWhatIf} />
            </Keyboard>
          </EditorContext>
        </RoomContext>
      </SessionContext>
    </DarkTheme>
  );
}

interface LayoutProps {
  readonly live: Room;
  readonly provenance: Provenance;
  readonly onWhatIf: (labelmap: string | null) => void;
}

function Layout({ live, provenance, onWhatIf }: LayoutProps) {
  const { adjudication, isOpen } = useHere();
  const { ref, width } = useElementSize();
  const [panelOpen, setPanelOpen] = useState(true);
  const compact = width > 0 && width < COMPACT_BELOW_PX;
  return (
    <section
      ref={ref}
      className={classes.view}
      data-compact={compact}
      data-readonly={!isOpen}
      aria-label={`${text.title}: ${adjudication.case.name}`}
    >
      <TopBar live={live} />
      <div className={classes.toolbar}>
        {compact ? <CompactToolbar /> : <Toolbar panelOpen={panelOpen} onTogglePanel={() => setPanelOpen((open) => !open)} />}
      </div>
      {isOpen && <ToolRail />}
      <div className={classes.panes}>
        <PaneGrid compact={compact} />
      </div>
      {(panelOpen || compact) && <Panel provenance={provenance} onWhatIf={onWhatIf} />}
    </section>
  );
}
