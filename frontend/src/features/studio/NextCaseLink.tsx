import { ActionIcon, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPlayerSkipForward } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';

import { type Assignment, raterQueries } from '../rater/queries';
import { openAfter } from '../rater/queue';
import { text } from './text';

/** To the next open case of the queue; this one stays open. */
export function NextCaseLink({ assignment }: { readonly assignment: Assignment }) {
  const mine = useQuery(raterQueries.mine(assignment.rater.id));
  const next = openAfter(mine.data?.results ?? [], assignment);
  const navigate = useNavigate();
  useHotkeys([['shift+N', () => next && void navigate(`/rate/${next.id}/studio`)]]);
  if (!next) return null;
  const words = text.nextCase(next.case.name);
  return (
    <Tooltip label={words}>
      <ActionIcon component={Link} to={`/rate/${next.id}/studio`} variant="subtle" color="gray" size="lg" aria-label={words}>
        <IconPlayerSkipForward size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
