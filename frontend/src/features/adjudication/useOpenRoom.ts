import { useEffect, useState } from 'react';

import type { OpenedAdjudication } from './opening';
import type { Adjudication } from './queries';
import { AdjudicationRoom } from './room';

/** The room for as long as the page is open: what the browser tells goes to its journal. */
export function useOpenRoom({ regions, scheme }: Adjudication, opened: OpenedAdjudication): AdjudicationRoom {
  const [room] = useState(() => new AdjudicationRoom(opened, regions, scheme));

  useEffect(() => {
    const { journal } = room;
    const detach = new AbortController();
    const { signal } = detach;
    const leave = () => journal.leave();
    const hide = () => document.visibilityState === 'hidden' && leave();
    const warn = (event: BeforeUnloadEvent) => {
      const { pending, onDevice } = journal.state.get();
      // Only where neither server nor device has the work may the browser ask whether to leave.
      if (pending > 0 && !onDevice) event.preventDefault();
    };
    document.addEventListener('visibilitychange', hide, { signal });
    window.addEventListener('pagehide', leave, { signal });
    window.addEventListener('online', () => void journal.resume(), { signal });
    window.addEventListener('beforeunload', warn, { signal });
    for (const name of ['pointermove', 'pointerdown', 'wheel', 'keydown']) {
      document.addEventListener(name, () => room.noteActivity(), { signal, capture: true, passive: true });
    }
    return () => {
      detach.abort();
      // Another page of ours: what is left goes out at once, and what does not is kept on this device.
      void journal.flush().finally(() => journal.dispose());
    };
  }, [room]);
  return room;
}
