import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHistory } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';

import { asProblem } from '~/api/problem';
import { useSession } from '~/viewer';

import { useStudio } from './studioContext';
import { text } from './text';

export function ReviewButton() {
  const studio = useStudio();
  const session = useSession();
  const begin = useMutation({
    mutationFn: () => studio.beginReview(session),
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
  return (
    <Tooltip label={text.review.open}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text.review.open}
        loading={begin.isPending}
        onClick={() => begin.mutate()}
      >
        <IconHistory size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
