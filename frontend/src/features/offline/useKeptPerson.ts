import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { queries } from '~/api/queries';
import { settlePerson } from '~/offline';

const AGAIN_MS = 60_000;

/**
 * On every page: what is kept is kept for who is signed in, and what waits for the server is sent. Until it is known
 * who that is, nothing changes.
 */
export function useKeptPerson(): void {
  const { data } = useQuery(queries.me());
  const person = data ? (data.user?.id ?? null) : undefined;
  const rates = data?.memberships.some(({ role }) => role === 'rater') ?? false;
  useEffect(() => {
    if (person !== undefined) void settlePerson(person).catch(() => undefined);
  }, [person]);
  useEffect(() => {
    if (person == null || !rates) return undefined;
    // With the studio's parts, which most pages do without.
    const send = () => void import('./sendWaiting').then((part) => part.sendWaiting(person)).catch(() => undefined);
    send();
    const timer = setInterval(send, AGAIN_MS);
    window.addEventListener('online', send);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', send);
    };
  }, [person, rates]);
}
