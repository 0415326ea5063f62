import { Button, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';

import { type Store, useStore } from '~/viewer';

import type { JournalState } from './journalState';
import { saveLine } from './saveLine';
import { text } from './text';
import classes from './Studio.module.css';

const ICONS = { quiet: IconCloudCheck, busy: IconCloudUp, warn: IconCloudOff, bad: IconAlertTriangle } as const;

/** What brings edits to the server: an annotation's journal, or a room's. */
interface SaveStateProps {
  readonly journal: { readonly state: Store<JournalState>; resume(): Promise<void> };
  readonly onSignIn: () => void;
  /** What else can be done where edits are refused. */
  readonly remedy?: ReactNode;
}

export function SaveState({ journal, onSignIn, remedy }: SaveStateProps) {
  const state = useStore(journal.state, (all) => all);
  const now = useNow();
  const { tone, words } = saveLine(state, now);
  const Icon = ICONS[tone];
  const { hindrance } = state;
  return (
    <div className={classes.saved} data-tone={tone} data-pending={state.pending}>
      <Tooltip label={hindrance?.kind === 'refused' ? hindrance.message : words} multiline maw={340}>
        <span className={classes.savedWords}>
          <Icon size={16} stroke={1.7} aria-hidden />
          {words}
        </span>
      </Tooltip>
      {/* The clock's ticks are not worth a word to those who listen. */}
      <span className={classes.spoken} role="status">
        {tone === 'quiet' || tone === 'busy' ? '' : words}
      </span>
      {hindrance?.kind === 'signed-out' && (
        <Button size="compact-xs" onClick={onSignIn}>
          {text.saved.signIn}
        </Button>
      )}
      {(hindrance?.kind === 'refused' || hindrance?.kind === 'unreachable') && (
        <Button size="compact-xs" variant="default" onClick={() => void journal.resume()}>
          {text.saved.retry}
        </Button>
      )}
      {hindrance?.kind === 'refused' && remedy}
    </div>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
