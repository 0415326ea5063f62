import { useEffect, useRef, useState } from 'react';

import type { LeaderboardRow } from '~/api/types';

import { type RankChange, rankChanges } from './standings';

const SHOWN_MS = 8000;
const NONE: ReadonlyMap<string, RankChange> = new Map();

/** What moved when the board last changed, for as long as it is news. Another phase's board is no change. */
export function useRankChanges(phaseId: string, rows: readonly LeaderboardRow[]): ReadonlyMap<string, RankChange> {
  const seen = useRef<{ phaseId: string; rows: readonly LeaderboardRow[] } | null>(null);
  const [changes, setChanges] = useState(NONE);

  useEffect(() => {
    const before = seen.current?.phaseId === phaseId ? seen.current.rows : null;
    seen.current = { phaseId, rows };
    const found = rankChanges(before, rows);
    if (found.size > 0) setChanges(found);
    else if (before === null) setChanges(NONE);
  }, [phaseId, rows]);

  useEffect(() => {
    if (changes.size === 0) return undefined;
    const timer = setTimeout(() => setChanges(NONE), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [changes]);

  return changes;
}
