import { useEffect, useState } from 'react';

import type { Assignment } from '../rater/queries';
import type { OpenedAnnotation } from './opening';
import { holdOpen } from './openTabs';
import { Studio } from './studio';

/** The studio of an annotation, for as long as the page is open: what the browser tells goes to its journal. */
export function useOpenStudio(assignment: Assignment, opened: OpenedAnnotation): Studio {
  const annotation = assignment.annotation.id;
  const [{ studio, channel }] = useState(() => {
    const tabs = new BroadcastChannel(`consilium-studio-${annotation}`);
    const made = new Studio(opened, assignment.dataset.scheme, (head) => tabs.postMessage(head));
    return { studio: made, channel: tabs };
  });

  useEffect(() => {
    const { journal } = studio;
    const detach = new AbortController();
    const { signal } = detach;
    const release = holdOpen(annotation);
    const note = () => studio.noteActivity();
    const leave = () => journal.leave();
    const hide = () => document.visibilityState === 'hidden' && leave();
    const hear = ({ data }: MessageEvent<number>) => journal.notice(data);
    document.addEventListener('visibilitychange', hide, { signal });
    window.addEventListener('pagehide', leave, { signal });
    window.addEventListener('online', () => void journal.resume(), { signal });
    window.addEventListener('beforeunload', (event) => warnOfLoss(event, studio), { signal });
    channel.addEventListener('message', hear, { signal });
    for (const name of ['pointermove', 'pointerdown', 'wheel', 'keydown']) {
      document.addEventListener(name, note, { signal, capture: true, passive: true });
    }
    return () => {
      detach.abort();
      release();
      // Another page of ours: what is left goes out at once, and the journal lives until it has.
      void journal.flush();
    };
  }, [studio, channel, annotation]);

  return studio;
}

/** Only where neither server nor device has the work may the browser ask whether to leave. */
function warnOfLoss(event: BeforeUnloadEvent, { journal }: Studio): void {
  const { pending, onDevice, writing = 0, hindrance } = journal.state.get();
  if ((pending > 0 && !onDevice) || (writing > 0 && hindrance)) event.preventDefault();
}
