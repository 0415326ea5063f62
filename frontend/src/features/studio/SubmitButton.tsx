import { Button, Tooltip } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';

import { useNameWithKey, useSession, useStore } from '~/viewer';

import type { Assignment } from '../rater/queries';
import { SubmitDialog } from '../rater/SubmitDialog';
import { useStudio } from './studioContext';
import { text } from './text';

/** Hand the case in, once everything that was painted is saved. */
export function SubmitButton({ assignment }: { readonly assignment: Assignment }) {
  const studio = useStudio();
  const { store } = useSession();
  const asking = useStore(studio.submitting, (one) => one);
  const close = () => studio.submitting.update(() => false);
  const words = useNameWithKey(text.submit, 'case.submit');
  const hasEdits = useStore(studio.journal.state, ({ head, pending }) => head + pending > 0);
  const show = ([x = 0, y = 0, z = 0]: readonly number[]) => {
    store.update((state) => ({ ...state, crosshair: [x, y, z], moved: true }));
    close();
  };
  return (
    <>
      <Tooltip label={words}>
        <Button
          size="xs"
          leftSection={<IconSend size={15} aria-hidden />}
          disabled={!hasEdits}
          onClick={() => studio.askToSubmit()}
        >
          {text.submit}
        </Button>
      </Tooltip>
      <SubmitDialog
        assignment={assignment}
        opened={asking}
        onClose={close}
        savedHead={() => studio.savedHead()}
        onShow={show}
      />
    </>
  );
}
