/** The state line: what is true of the edits just now. */
import type { JournalState } from './journalState';
import { text } from './text';

export interface SaveLine {
  readonly tone: 'quiet' | 'busy' | 'warn' | 'bad';
  readonly words: string;
}

export function saveLine(state: JournalState, now_ms: number): SaveLine {
  const { pending, hindrance, sending, saved_at_ms, onDevice, writing = 0, head, fromDevice } = state;
  const { saved } = text;
  const kept = pending - writing;
  const more = writing > 0 ? saved.writing(writing) : '';
  switch (hindrance?.kind) {
    case 'unreachable':
      if (pending > 0 && !onDevice) return { tone: 'bad', words: saved.offlineBare(pending) };
      return { tone: 'warn', words: (fromDevice ? saved.offlineOpened(kept) : saved.offline(kept)) + more };
    case 'signed-out':
      return onDevice ? { tone: 'warn', words: saved.signedOut(kept) + more } : { tone: 'bad', words: saved.signedOutBare(pending) };
    case 'refused':
      return { tone: 'bad', words: onDevice ? saved.refused(kept) + more : saved.refusedBare(pending) };
    case undefined:
  }
  if (pending > 0) return { tone: 'busy', words: sending ? saved.saving : saved.waiting(pending) };
  if (!onDevice) return { tone: 'warn', words: saved.noDevice };
  if (saved_at_ms === null) return { tone: 'quiet', words: head > 0 ? saved.unchanged : saved.never };
  const ago_s = Math.floor((now_ms - saved_at_ms) / 1000);
  return { tone: 'quiet', words: ago_s < 2 ? saved.now : saved.ago(agoWords(ago_s)) };
}

function agoWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
