import { QueryClient } from '@tanstack/react-query';

import { asProblem } from './problem';

/** A refusal will not change by asking again; a server that is away may come back. */
export function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asProblem(error);
  return failures < 3 && (status === 0 || status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 15_000 },
  },
});
