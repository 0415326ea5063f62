import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';

import { asProblem } from '~/api/problem';

import { consolePath } from './addresses';
import { adjudicationQueries, useOpenAdjudication } from './queries';
import { text } from './text';

interface AdjudicateProps {
  readonly datasetId: string;
  readonly found: { readonly id: string; readonly name: string };
  /** Why it cannot be done yet. */
  readonly reason: string | null;
}

/** Lay a case before experts, or go on where that is done. */
export function AdjudicateButton({ datasetId, found, reason }: AdjudicateProps) {
  const { data } = useQuery(adjudicationQueries.ofDataset(datasetId));
  const open = useOpenAdjudication();
  const navigate = useNavigate();
  const running = data?.find(({ case: { id }, status }) => id === found.id && status === 'open');
  if (running) {
    return (
      <Tooltip label={text.list.goOn(found.name)}>
        <ActionIcon component={Link} to={consolePath(running.id)} variant="light" aria-label={text.list.goOn(found.name)}>
          <IconScale size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    );
  }
  const begin = () =>
    open.mutate(found.id, {
      onSuccess: ({ id }) => void navigate(consolePath(id)),
      onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
    });
  return (
    <Tooltip label={reason ?? text.list.adjudicate} multiline maw={260}>
      <ActionIcon
        aria-label={text.list.adjudicateNamed(found.name)}
        aria-description={reason ?? undefined}
        // Not `disabled`: the reason is for those who come by keyboard too.
        data-disabled={reason !== null || undefined}
        aria-disabled={reason !== null}
        loading={open.isPending}
        onClick={() => reason === null && begin()}
      >
        <IconScale size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
