import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

import { keys } from './api/queries';
import { useLiveSocket } from './live';

/** After login or logout: nothing that the other identity was shown stays, and the socket asks anew what it may hear. */
export function useIdentityChange(): () => Promise<void> {
  const queries = useQueryClient();
  const socket = useLiveSocket();
  return useCallback(async () => {
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] && !query.isActive() });
    await queries.resetQueries();
    socket.restart();
  }, [queries, socket]);
}
