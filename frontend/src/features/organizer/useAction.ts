import { notifications } from '@mantine/notifications';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';

import { asProblem } from '~/api/problem';

interface Outcome<Asked, Answer> {
  /** Kept answers that are old afterwards, whatever came of it. */
  readonly stale: readonly QueryKey[];
  readonly done?: (answer: Answer, asked: Asked) => string;
  /** Forms show the refusal themselves. */
  readonly refusedInForm?: boolean;
}

/** Something an organizer does: said when it is done, refused in the server's words, then everything shown anew. */
export function useAction<Asked, Answer>(act: (asked: Asked) => Promise<Answer>, outcome: Outcome<Asked, Answer>) {
  const cache = useQueryClient();
  const { stale, done, refusedInForm = false } = outcome;
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, asked) => {
      if (done) notifications.show({ message: done(answer, asked) });
    },
    onError: (error) => {
      if (!refusedInForm) notifications.show({ color: 'red', message: asProblem(error).message });
    },
    onSettled: () => Promise.all(stale.map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
