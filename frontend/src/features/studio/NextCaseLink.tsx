import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPlayerSkipForward } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { useNameWithKey } from '~/viewer';

import { type Assignment, raterQueries } from '../rater/queries';
import { openAfter } from '../rater/queue';
import { text } from './text';

/** The next open case of the queue, and the address of its studio; null where there is none. */
export function useNextCase(assignment: Assignment): { readonly name: string; readonly path: string } | null {
  const mine = useQuery(raterQueries.mine(assignment.rater.id));
  const next = openAfter(mine.data?.results ?? [], assignment);
  return next ? { name: next.case.name, path: `/rate/${next.id}/studio` } : null;
}

/** This one stays open. */
export function NextCaseLink({ assignment }: { readonly assignment: Assignment }) {
  const next = useNextCase(assignment);
  const words = useNameWithKey(text.nextCase(next?.name ?? ''), 'case.next');
  if (!next) return null;
  return (
    <Tooltip label={words}>
      <ActionIcon component={Link} to={next.path} variant="subtle" color="gray" size="lg" aria-label={words}>
        <IconPlayerSkipForward size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
