import { Button, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';

import { useSession, useStore } from '~/viewer';

import type { Assignment } from '../rater/queries';
import { SubmitDialog } from '../rater/SubmitDialog';
import { useStudio } from './studioContext';
import { text } from './text';

/** Hand the case in, once everything that was painted is saved. */
export function SubmitButton({ assignment }: { readonly assignment: Assignment }) {
  const studio = useStudio();
  const { store } = useSession();
  const [asking, setAsking] = useState(false);
  const hasEdits = useStore(studio.journal.state, ({ head, pending }) => head + pending > 0);
  useHotkeys([['mod+Enter', () => hasEdits && setAsking(true)]]);
  const show = ([x = 0, y = 0, z = 0]: readonly number[]) => {
    store.update((state) => ({ ...state, crosshair: [x, y, z], moved: true }));
    setAsking(false);
  };
  return (
    <>
      <Tooltip label={text.submitKeys}>
        <Button
          size="xs"
          leftSection={<IconSend size={15} aria-hidden />}
          disabled={!hasEdits}
          onClick={() => setAsking(true)}
        >
          {text.submit}
        </Button>
      </Tooltip>
      <SubmitDialog
        assignment={assignment}
        opened={asking}
        onClose={() => setAsking(false)}
        savedHead={() => studio.savedHead()}
        onShow={show}
      />
    </>
  );
}
