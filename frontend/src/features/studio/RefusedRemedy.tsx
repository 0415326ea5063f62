import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { asProblem } from '~/api/problem';
import { useStore } from '~/viewer';

import { saveFile } from './saveFile';
import { useStudio } from './studioContext';
import { text } from './text';

interface RefusedModalProps {
  readonly caseName: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Where the server refuses edits: the way out. */
export function RefusedRemedy({ caseName }: { readonly caseName: string }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button size="compact-xs" color="red" onClick={() => setAsking(true)}>
        {text.refused.remedy}
      </Button>
      <RefusedModal caseName={caseName} opened={isAsking} onClose={() => setAsking(false)} />
    </>
  );
}

/** Keep what is painted as a file, then go on without what is refused. */
function RefusedModal({ caseName, opened, onClose }: RefusedModalProps) {
  const studio = useStudio();
  const hindrance = useStore(studio.journal.state, (state) => state.hindrance);
  const download = useMutation({
    mutationFn: async () => {
      saveFile(await studio.painted(), `${caseName}_painted.nii.gz`);
      // These and no others may be given up: the file has them.
      return studio.journal.refused().map(({ edit_id }) => edit_id);
    },
  });
  const drop = useMutation({
    mutationFn: (edit_ids: readonly string[]) => studio.journal.drop(edit_ids),
    onSuccess: () => {
      download.reset();
      onClose();
    },
  });
  if (hindrance?.kind !== 'refused') return null;
  const count = studio.journal.refused().length;
  const problem = download.error ?? drop.error;
  const saved = download.data;
  return (
    <Modal opened={opened} onClose={onClose} title={text.refused.title(count)} closeButtonProps={{ 'aria-label': text.refused.close }}>
      <Stack>
        <Alert color="red">{hindrance.message}</Alert>
        <Text size="sm">{text.refused.sentence}</Text>
        {problem && <Alert color="red">{asProblem(problem).message}</Alert>}
        <Group>
          <Button
            variant={saved ? 'default' : 'filled'}
            leftSection={<IconDownload size={15} aria-hidden />}
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            {text.refused.download}
          </Button>
          <Button
            color="red"
            leftSection={<IconTrash size={15} aria-hidden />}
            disabled={!saved}
            loading={drop.isPending}
            onClick={() => saved && drop.mutate(saved)}
          >
            {text.refused.drop(saved?.length ?? count)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
