import { createContext, useContext } from 'react';

import type { Studio } from './studio';

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('This part of the studio must lie inside StudioPage.');
  return studio;
}
