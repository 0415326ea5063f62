import { QueryCache, QueryClient } from '@tanstack/react-query';

import { asProblem } from './problem';
import { keys } from './queries';
import type { Me } from './types';

const ME = keys.me;

/** A refusal will not change by asking again; a server that is away may come back. */
export function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asProblem(error);
  return failures < 3 && (status === 0 || status >= 500);
}

/** The session has ended elsewhere: ask anew who is signed in. */
function noticeEndedSession(error: unknown): void {
  const me = queryClient.getQueryData<Me>(ME);
  if (asProblem(error).code === 'not_authenticated' && me?.user) void queryClient.invalidateQueries({ queryKey: ME });
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEndedSession }),
  defaultOptions: {
    // Without a network too they are asked: this device may keep the answer, and a page must say so if not.
    queries: { retry: worthRetrying, staleTime: 15_000, networkMode: 'always', refetchOnReconnect: true },
  },
});
