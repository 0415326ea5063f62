import { useLocation } from 'react-router';

import type { Adjudication } from './queries';
import { text } from './text';

/** Back where the person came from: the data set's consensus, or one's queue. */
export function useBackLink({ dataset }: Pick<Adjudication, 'dataset'>): { readonly to: string; readonly label: string } {
  const { pathname } = useLocation();
  if (pathname.startsWith('/rate/')) return { to: '/rate', label: text.toQueue };
  return { to: `/organize/${dataset.challenge.slug}/consensus?dataset=${dataset.id}`, label: text.toConsole };
}
