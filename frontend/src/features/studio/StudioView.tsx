import { useElementSize } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { useTopic } from '~/live';
import {
  CompactToolbar,
  DarkTheme,
  Keyboard,
  PaneGrid,
  type Session,
  SessionContext,
  Toolbar,
  useNewSession,
  useStore,
  viewerKeys,
} from '~/viewer';

import {
  DisplaySection,
  DRAWING,
  DRAWING_POINTER,
  drawingKeys,
  EditorContext,
  EvidenceSection,
  HistoryPanel,
  LabelPalette,
  LintSection,
  RulerSection,
  ToolOptions,
  ToolRail,
  UndoButtons,
} from '../drawing';
import { KeptButton } from '../offline';
import type { AssignedCase, Assignment } from '../rater/queries';
import { CaseNotes } from './CaseNotes';
import { NextCaseLink, useNextCase } from './NextCaseLink';
import type { OpenedAnnotation } from './opening';
import { RefusedRemedy } from './RefusedRemedy';
import { ReviewButton } from './ReviewButton';
import { ReviewPanel } from './ReviewPanel';
import { SaveState } from './SaveState';
import { SignInModal } from './SignInModal';
import { StudioContext, useStudio } from './studioContext';
import { SubmitButton } from './SubmitButton';
import { text } from './text';
import { useOpenStudio } from './useOpenStudio';
import { workflowKeys } from './workflowKeys';
import notes from './CaseNotes.module.css';
import classes from './Studio.module.css';

/** Below this width there is one pane, and the panel lies below it. */
const COMPACT_BELOW_PX = 760;

interface StudioViewProps {
  readonly assignment: Assignment;
  readonly found: AssignedCase;
  readonly opened: OpenedAnnotation;
}

export function StudioView({ assignment, found, opened }: StudioViewProps) {
  const { scheme } = assignment.dataset;
  const studio = useOpenStudio(assignment, opened);
  const { editor } = studio;
  const content = useMemo(
    () => ({
      images: found.images,
      missing: found.missing.map(({ name }) => name),
      overlays: [{ ...DRAWING, name: text.labels, scheme, default_visible: true, edited: true }],
      error_pairs: [],
    }),
    [found, scheme],
  );
  const review = useStore(studio.review, (one) => one);
  // Who looks at the past paints nothing.
  const session = useNewSession(content, review ? null : editor);
  const navigate = useNavigate();
  const next = useNextCase(assignment)?.path;
  const bindings = useMemo(
    () => [
      ...workflowKeys(studio, { goOn: next ? () => void navigate(next) : null, paints: session.editor !== null }),
      ...(session.editor ? drawingKeys(editor, session.content) : viewerKeys(session.content)),
    ],
    [studio, editor, session, next, navigate],
  );
  useTopic(`rater:${assignment.rater.id}`);
  useEffect(() => (review ? undefined : editor.attach(session)), [review, editor, session]);
  useEffect(() => studio.journal.notice(assignment.annotation.head), [studio, assignment.annotation.head]);
  return (
    <DarkTheme>
      <SessionContext value={session}>
        <StudioContext value={studio}>
          <EditorContext value={editor}>
            <Keyboard bindings={bindings} scope={session.editor ? 'drawing' : 'viewer'} pointer={DRAWING_POINTER}>
              <Layout assignment={assignment} session={session} />
            </Keyboard>
          </EditorContext>
        </StudioContext>
      </SessionContext>
    </DarkTheme>
  );
}

function Layout({ assignment, session }: { readonly assignment: Assignment; readonly session: Session }) {
  const { ref, width } = useElementSize();
  const compact = width > 0 && width < COMPACT_BELOW_PX;
  const [panelOpen, setPanelOpen] = useState(true);
  const review = useStore(useStudio().review, (one) => one);
  const empty = session.content.images.length === 0;
  return (
    <section
      ref={ref}
      className={classes.studio}
      data-compact={compact}
      aria-label={`${text.title}: ${assignment.case.name}`}
    >
      <TopBar assignment={assignment} />
      <div className={classes.view}>
        {compact ? <CompactToolbar /> : <Toolbar panelOpen={panelOpen} onTogglePanel={() => setPanelOpen((open) => !open)} />}
      </div>
      {review ? <div /> : <ToolRail />}
      {empty ? <p className={classes.note}>This case has no images.</p> : <PaneGrid compact={compact} />}
      {(panelOpen || review) && (
        <aside className={classes.panel} aria-label={review ? text.review.title : text.panel}>
          {review ? (
            <ReviewPanel review={review} />
          ) : (
            <>
              <LabelPalette />
              <ToolOptions />
              <LintSection />
              <EvidenceSection />
              <RulerSection />
              <DisplaySection />
              <HistoryPanel />
            </>
          )}
        </aside>
      )}
    </section>
  );
}

function TopBar({ assignment }: { readonly assignment: Assignment }) {
  const { journal, review: reviewing } = useStudio();
  const review = useStore(reviewing, (one) => one);
  const signedOut = useStore(journal.state, ({ hindrance }) => hindrance?.kind === 'signed-out');
  const [later, setLater] = useState(false);
  return (
    <div className={notes.top}>
      <header className={classes.bar}>
        <Link to="/rate" className={classes.back}>
          <IconArrowLeft size={16} aria-hidden /> {text.back}
        </Link>
        <h1 className={classes.title}>{assignment.case.name}</h1>
        <NextCaseLink assignment={assignment} />
        {!review && <UndoButtons />}
        {!review && <ReviewButton />}
        <KeptButton assignment={assignment} />
        <SaveState
          journal={journal}
          onSignIn={() => setLater(false)}
          remedy={<RefusedRemedy caseName={assignment.case.name} />}
        />
        {!review && <SubmitButton assignment={assignment} />}
        <SignInModal
          opened={signedOut && !later}
          onClose={() => setLater(signedOut)}
          rater={assignment.rater}
          journal={journal}
        />
      </header>
      <CaseNotes assignment={assignment} />
    </div>
  );
}
