import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { useStore } from '~/viewer';

import type { Assignment } from '../rater/queries';
import { useStudio } from './studioContext';
import { text } from './text';

/** Hand the case in, once everything that was painted is saved. */
export function SubmitButton({ assignment }: { readonly assignment: Assignment }) {
  const studio = useStudio();
  const [asking, setAsking] = useState(false);
  const hasEdits = useStore(studio.journal.state, ({ head, pending }) => head + pending > 0);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const submit = useMutation({
    mutationFn: () => studio.submit(),
    onSuccess: async () => {
      await navigate('/rate');
      await Promise.all([
        cache.invalidateQueries({ queryKey: keys.assignments }),
        cache.invalidateQueries({ queryKey: keys.annotation(assignment.annotation.id) }),
      ]);
    },
  });
  return (
    <>
      <Button
        size="xs"
        leftSection={<IconSend size={15} aria-hidden />}
        disabled={!hasEdits}
        onClick={() => setAsking(true)}
      >
        {text.submit}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={text.submitTitle(assignment.case.name)}
        closeButtonProps={{ 'aria-label': text.keep }}
      >
        <Stack>
          <Text size="sm">{text.submitSentence}</Text>
          {submit.error && <Alert color="red">{asProblem(submit.error).message}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {text.keep}
            </Button>
            <Button loading={submit.isPending} onClick={() => submit.mutate()}>
              {text.submit}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
