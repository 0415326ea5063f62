/** Who is looking at the page, and with which roles. */
import { useQuery } from '@tanstack/react-query';

import { queries } from './api/queries';
import type { Me } from './api/types';

export type Person = NonNullable<Me['user']>;

export interface Session {
  /** False until the first answer: whether anyone is signed in is not known. */
  readonly known: boolean;
  readonly user: Person | null;
  readonly memberships: Me['memberships'];
}

export function useSession(): Session {
  const { data, isError } = useQuery(queries.me());
  return {
    known: data !== undefined || isError,
    user: data?.user ?? null,
    memberships: data?.memberships ?? [],
  };
}

/** Where to go after login: only to a path of our own, never to another site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

export function loginPath(next: string): string {
  return `/login?next=${encodeURIComponent(next)}`;
}
