import { useQuery } from '@tanstack/react-query';
import { Navigate } from 'react-router';

import { queries } from '~/api/queries';
import { loginPath, useSession } from '~/session';
import { Page, Query } from '~/ui';

import { SubmissionTable } from './SubmissionTable';
import { text } from './text';

export function SubmissionsPage() {
  const { user, known } = useSession();
  const submissions = useQuery({ ...queries.mySubmissions(), enabled: user !== null });
  if (known && !user) return <Navigate to={loginPath('/submissions')} replace />;
  return (
    <Page title={text.list.title} lead={text.list.lead}>
      <Query of={submissions}>{({ results }) => <SubmissionTable submissions={results} showChallenge />}</Query>
    </Page>
  );
}
