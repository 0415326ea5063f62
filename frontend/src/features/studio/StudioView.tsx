import { ActionIcon, SegmentedControl, Slider, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';

import type { CaseDetail } from '~/api/types';
import { useTopic } from '~/live';
import {
  attachKeys,
  DarkTheme,
  KeySheet,
  PaneGrid,
  type Session,
  SessionContext,
  Toolbar,
  useNewSession,
  useSession,
  useStore,
  useViewer,
} from '~/viewer';

import type { Assignment } from '../rater/queries';
import { HistoryPanel, stepName } from './HistoryPanel';
import { STUDIO_POINTER, studioKeys } from './keys';
import { LabelPalette } from './LabelPalette';
import type { OpenedAnnotation } from './opening';
import { SaveState } from './SaveState';
import { SignInModal } from './SignInModal';
import { DRAWING_URL } from './studio';
import { StudioContext, useStudio } from './studioContext';
import { SubmitButton } from './SubmitButton';
import { text } from './text';
import { Option, ToolOptions } from './ToolOptions';
import { ToolRail } from './ToolRail';
import { useOpenStudio } from './useOpenStudio';
import classes from './Studio.module.css';

interface StudioViewProps {
  readonly assignment: Assignment;
  readonly found: CaseDetail;
  readonly opened: OpenedAnnotation;
}

export function StudioView({ assignment, found, opened }: StudioViewProps) {
  const { scheme } = assignment.dataset;
  const studio = useOpenStudio(assignment, opened);
  const content = useMemo(
    () => ({
      images: found.images,
      missing: found.missing.map(({ name }) => name),
      overlays: [{ key: 'drawing', name: text.labels, url: DRAWING_URL, scheme, default_visible: true, edited: true }],
      error_pairs: [],
    }),
    [found, scheme],
  );
  const session = useNewSession(content, studio);
  const bindings = useMemo(() => studioKeys(studio), [studio]);
  useTopic(`rater:${assignment.rater.id}`);
  useEffect(() => studio.attach(session), [studio, session]);
  useEffect(() => attachKeys(session, bindings), [session, bindings]);
  useEffect(() => studio.journal.notice(assignment.annotation.head), [studio, assignment.annotation.head]);
  return (
    <DarkTheme className={classes.root}>
      <SessionContext value={session}>
        <StudioContext value={studio}>
          <Layout assignment={assignment} session={session} />
          <KeySheet bindings={bindings} pointer={STUDIO_POINTER} />
        </StudioContext>
      </SessionContext>
    </DarkTheme>
  );
}

function Layout({ assignment, session }: { readonly assignment: Assignment; readonly session: Session }) {
  const [panelOpen, setPanelOpen] = useState(true);
  const empty = session.content.images.length === 0;
  return (
    <section className={classes.studio} aria-label={`${text.title}: ${assignment.case.name}`}>
      <TopBar assignment={assignment} />
      <div className={classes.view}>
        <Toolbar panelOpen={panelOpen} onTogglePanel={() => setPanelOpen((open) => !open)} />
      </div>
      <ToolRail />
      {empty ? <p className={classes.note}>This case has no images.</p> : <PaneGrid compact={false} />}
      {panelOpen && (
        <aside className={classes.panel} aria-label={text.options}>
          <LabelPalette />
          <ToolOptions />
          <Display />
          <HistoryPanel />
        </aside>
      )}
    </section>
  );
}

function TopBar({ assignment }: { readonly assignment: Assignment }) {
  const { journal } = useStudio();
  const signedOut = useStore(journal.state, ({ hindrance }) => hindrance?.kind === 'signed-out');
  const [later, setLater] = useState(false);
  return (
    <header className={classes.bar}>
      <Link to="/rate" className={classes.back}>
        <IconArrowLeft size={16} aria-hidden /> {text.back}
      </Link>
      <h1 className={classes.title}>{assignment.case.name}</h1>
      <UndoButtons />
      <SaveState onSignIn={() => setLater(false)} />
      <SubmitButton assignment={assignment} />
      <SignInModal
        opened={signedOut && !later}
        onClose={() => setLater(signedOut)}
        rater={assignment.rater}
      />
    </header>
  );
}

function UndoButtons() {
  const studio = useStudio();
  const { done, undone } = useStore(studio.history, (history) => history);
  const name = (edit: (typeof done)[number] | undefined) => (edit ? stepName(studio.scheme, edit) : null);
  const undoWords = text.undo(name(done.at(-1)));
  const redoWords = text.redo(name(undone.at(-1)));
  return (
    <div className={classes.pair}>
      <Tooltip label={undoWords}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={undoWords} disabled={done.length === 0} onClick={() => studio.undo()}>
          <IconArrowBackUp size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redoWords}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={redoWords} disabled={undone.length === 0} onClick={() => studio.redo()}>
          <IconArrowForwardUp size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Display() {
  const { store } = useSession();
  const style = useViewer((state) => state.style);
  const opacity = useViewer((state) => state.opacity);
  return (
    <section className={classes.section} aria-label={text.view}>
      <h3 className={classes.heading}>{text.view}</h3>
      <SegmentedControl
        size="xs"
        aria-label={text.styleName}
        value={style}
        onChange={(value) => store.update((state) => ({ ...state, style: value as 'fill' | 'outline' }))}
        data={[
          { value: 'fill', label: text.style.fill },
          { value: 'outline', label: text.style.outline },
        ]}
      />
      <Option name={text.opacity} value={`${Math.round(100 * opacity)} %`}>
        <Slider
          size="sm"
          min={0}
          max={1}
          step={0.05}
          value={opacity}
          label={null}
          thumbLabel={text.opacity}
          onChange={(value) => store.update((state) => ({ ...state, opacity: value }))}
        />
      </Option>
    </section>
  );
}

