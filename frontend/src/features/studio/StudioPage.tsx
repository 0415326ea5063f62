import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';

import { useSession } from '~/session';
import { ErrorState, Lines, Query, useDocumentTitle } from '~/ui';

import { type AssignedCase, type Assignment, raterQueries } from '../rater/queries';
import { type OpenedAnnotation, openAnnotation } from './opening';
import { StudioView } from './StudioView';
import { text } from './text';
import classes from './Studio.module.css';

export function StudioPage() {
  const { assignmentId = '' } = useParams();
  const assignment = useQuery(raterQueries.assignment(assignmentId));
  const found = useQuery(raterQueries.case(assignmentId));
  return (
    <div className={classes.page}>
      <Query of={assignment} loading={<Lines count={3} height={120} />}>
        {(one) => (
          <Query of={found} loading={<Lines count={3} height={120} />}>
            {(images) => <ForItsRater key={one.annotation.id} assignment={one} found={images} />}
          </Query>
        )}
      </Query>
    </div>
  );
}

/** What waits on this device is shown to its painter alone: nothing is opened before it is known who looks. */
function ForItsRater(props: OpeningProps) {
  const { rater } = props.assignment;
  const { known, user } = useSession();
  if (!known) return <Lines count={3} height={120} />;
  if (user && user.id !== rater.id) return <OfAnother rater={rater} />;
  return <Opening {...props} />;
}

interface OpeningProps {
  readonly assignment: Assignment;
  readonly found: AssignedCase;
}

function Opening({ assignment, found }: OpeningProps) {
  useDocumentTitle(`${assignment.case.name}, ${text.title}`);
  const { id, status } = assignment.annotation;
  const [wasOpen] = useState(status !== 'submitted');
  const cache = useQueryClient();
  const key = useMemo(() => ['studio', id, crypto.getRandomValues(new Uint32Array(1))[0]], [id]);
  // Opened once: from then on the journal keeps the page in step, and nothing may load it anew.
  const opened = useQuery({
    queryKey: key,
    queryFn: () => openAnnotation(id, assignment.rater.id),
    staleTime: Infinity,
    gcTime: 0,
    retry: 2,
    refetchOnWindowFocus: false,
    enabled: wasOpen,
    meta: { labelmap: true },
  });
  useEffect(() => () => cache.removeQueries({ queryKey: key }), [cache, key]);
  if (!wasOpen) return <Submitted assignment={assignment} />;
  if (opened.data) return <Opened assignment={assignment} found={found} opened={opened.data} />;
  if (opened.error) return <ErrorState error={opened.error} />;
  return <Lines count={3} height={120} />;
}

function Opened(props: OpeningProps & { readonly opened: OpenedAnnotation }) {
  // What was opened first stays: a second answer must not replace what is painted.
  const [opened] = useState(props.opened);
  return <StudioView {...props} opened={opened} />;
}

function OfAnother({ rater }: Pick<Assignment, 'rater'>) {
  return (
    <div className={classes.submitted}>
      <h1>{text.ofAnother(rater.name)}</h1>
      <p>{text.ofAnotherSentence}</p>
    </div>
  );
}

function Submitted({ assignment }: { readonly assignment: Assignment }) {
  return (
    <div className={classes.submitted}>
      <h1>{text.submitted}</h1>
      <p>{text.submittedSentence}</p>
      <Button component={Link} to={`/rate/${assignment.id}`}>
        {text.toCase}
      </Button>
    </div>
  );
}
