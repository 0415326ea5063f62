import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { ErrorState, Lines } from './states';

interface QueryProps<T> {
  readonly of: UseQueryResult<T>;
  readonly loading?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** A read: its skeleton, its refusal with the next try, or what it brought. Old data stays while new is fetched. */
export function Query<T>({ of: query, loading, children }: QueryProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <>{loading ?? <Lines />}</>;
}
