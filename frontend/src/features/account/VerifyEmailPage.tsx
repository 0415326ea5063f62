import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { verifyEmail } from '~/api/auth';
import { ErrorState, Page } from '~/ui';

import { text } from './text';

/** The link of the e-mail leads here; opening it confirms the address. */
export function VerifyEmailPage() {
  const { key = '' } = useParams();
  const verification = useQuery({
    queryKey: ['verify-email', key],
    queryFn: async () => {
      await verifyEmail(key);
      return true;
    },
    staleTime: Infinity,
    retry: false,
  });
  return (
    <Page title={text.verify.title} size="narrow">
      <Stack>
        {verification.isPending && <Text role="status">{text.verify.checking}</Text>}
        {verification.isError && <ErrorState error={verification.error} />}
        {verification.isSuccess && <Text role="status">{text.verify.confirmed}</Text>}
        <Anchor component={Link} to="/">
          {text.verify.onward}
        </Anchor>
      </Stack>
    </Page>
  );
}
