import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';

import { useSession } from '~/session';
import { EmptyState, ErrorState, Lines, Query, useDocumentTitle } from '~/ui';

import { AdjudicationView } from './AdjudicationView';
import { type OpenedAdjudication, openAdjudication } from './opening';
import { type Adjudication, adjudicationQueries } from './queries';
import { text } from './text';
import { useBackLink } from './useBackLink';
import classes from './Adjudication.module.css';

/** The same for organizers, who come from the console, and for experts, who come from their queue. */
export function AdjudicationPage() {
  const { adjudicationId = '' } = useParams();
  const adjudication = useQuery(adjudicationQueries.one(adjudicationId));
  const { user } = useSession();
  return (
    <div className={classes.page}>
      <Query of={adjudication} loading={<Lines count={3} height={120} />}>
        {(found) =>
          user && (found.raters.length < 2 ? <TooFew adjudication={found} /> : <Opening key={found.id} adjudication={found} person={user.id} />)
        }
      </Query>
    </div>
  );
}

interface OpeningProps {
  readonly adjudication: Adjudication;
  readonly person: number;
}

function Opening({ adjudication, person }: OpeningProps) {
  useDocumentTitle(`${adjudication.case.name}, ${text.title}`);
  const { id } = adjudication;
  const cache = useQueryClient();
  const key = useMemo(() => ['adjudicating', id, crypto.getRandomValues(new Uint32Array(1))[0]], [id]);
  // Opened once: from then on the room keeps the page in step, and nothing may load it anew.
  const opened = useQuery({
    queryKey: key,
    queryFn: () => openAdjudication(id, person),
    staleTime: Infinity,
    gcTime: 0,
    retry: 2,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    meta: { labelmap: true },
  });
  useEffect(() => () => cache.removeQueries({ queryKey: key }), [cache, key]);
  if (opened.data) return <Opened adjudication={adjudication} opened={opened.data} />;
  if (opened.error) return <ErrorState error={opened.error} />;
  return <Lines count={3} height={120} />;
}

function Opened({ adjudication, opened: first }: { readonly adjudication: Adjudication; readonly opened: OpenedAdjudication }) {
  // What was opened first stays: a second answer must not replace what is painted.
  const [opened] = useState(first);
  return <AdjudicationView adjudication={adjudication} opened={opened} />;
}

function TooFew({ adjudication }: { readonly adjudication: Adjudication }) {
  const back = useBackLink(adjudication);
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconUsers size={28} />}
        title={text.few.title}
        action={
          <Button component={Link} to={back.to} variant="default">
            {back.label}
          </Button>
        }
      >
        {text.few.sentence}
      </EmptyState>
    </div>
  );
}
