import { createContext, useContext } from 'react';

import type { Adjudication } from './queries';
import type { AdjudicationRoom } from './room';

interface Here {
  readonly room: AdjudicationRoom;
  readonly adjudication: Adjudication;
  /** Whether anything can still be changed. */
  readonly isOpen: boolean;
}

export const RoomContext = createContext<Here | null>(null);

export function useHere(): Here {
  const here = useContext(RoomContext);
  if (!here) throw new Error('This part must lie inside AdjudicationView.');
  return here;
}
