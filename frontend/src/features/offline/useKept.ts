import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { forgetCase, hasCaches, onKeptChange, type SizedCase } from '~/offline';

import type { Assignment } from '../rater/queries';
import { keepCase, sizedCases } from './keepCase';

const KEPT = 'kept';

/** What this device keeps for the person; undefined until it is known, and where the browser keeps nothing. */
export function useKeptCases(person: number): readonly SizedCase[] | undefined {
  const cache = useQueryClient();
  useEffect(() => onKeptChange(() => void cache.invalidateQueries({ queryKey: [KEPT] })), [cache]);
  const { data } = useQuery({
    queryKey: [KEPT, person],
    queryFn: () => sizedCases(person),
    enabled: hasCaches(),
    staleTime: 0,
  });
  return data;
}

/** Keep a case, or let it go. */
export function useKeeping(assignment: Assignment) {
  const keep = useMutation({ mutationFn: () => keepCase(assignment), networkMode: 'always' });
  const remove = useMutation({ mutationFn: () => forgetCase(assignment.id), networkMode: 'always' });
  return { keep, remove };
}
