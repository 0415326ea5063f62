import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconMessageReport, IconWand } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { useStore } from '~/viewer';

import type { Assignment } from '../rater/queries';
import { useStudio } from './studioContext';
import { text } from './text';
import classes from './CaseNotes.module.css';

/** What the organizer has to say of the case: why it was reopened, and what one may start from. */
export function CaseNotes({ assignment }: { readonly assignment: Assignment }) {
  const { annotation, pre_annotation_source } = assignment;
  const reopened = annotation.status === 'reopened' && annotation.reopen_reason;
  return (
    <>
      {reopened && (
        <p className={classes.note} data-tone="warn" role="note">
          <IconMessageReport size={16} aria-hidden />
          <span>
            <b>{text.reopened}</b> {annotation.reopen_reason}
          </span>
        </p>
      )}
      {annotation.began_from ? (
        <p className={classes.note}>
          <IconWand size={16} aria-hidden /> {text.startedFrom(annotation.began_from)}
        </p>
      ) : (
        pre_annotation_source && <Suggestion assignment={assignment} />
      )}
    </>
  );
}

/** Only where nothing is painted: nobody's work is overwritten. */
function Suggestion({ assignment }: { readonly assignment: Assignment }) {
  const { journal } = useStudio();
  const isEmpty = useStore(journal.state, ({ head, pending }) => head + pending === 0);
  const cache = useQueryClient();
  const { id } = assignment.annotation;
  const start = useMutation({
    mutationFn: () =>
      answered(
        api.POST('/api/v1/annotations/{annotation_id}/pre-annotation/', {
          params: { path: { annotation_id: id }, header: { 'If-Match': '"0"' } },
          body: { edit_id: crypto.randomUUID() },
        }),
      ),
    onSuccess: async ({ number }) => {
      journal.notice(number);
      await Promise.all([
        cache.invalidateQueries({ queryKey: keys.assignments }),
        cache.invalidateQueries({ queryKey: keys.annotation(id) }),
      ]);
    },
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
  if (!isEmpty) return null;
  return (
    <div className={classes.note}>
      <IconWand size={16} aria-hidden />
      <span>{text.suggestion(assignment.pre_annotation_source)}</span>
      <Button size="compact-xs" loading={start.isPending} onClick={() => start.mutate()}>
        {text.start}
      </Button>
    </div>
  );
}
