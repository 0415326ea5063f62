import { Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconDownload, IconMaximize } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import type { Submission } from '~/api/types';
import { Query } from '~/ui';

import type { CaseScores } from './caseScores';
import { askForPicture } from './drawnPicture';
import classes from './OverlayModal.module.css';
import { text } from './text';
import { viewerPath } from './viewerPath';

interface OverlayModalProps {
  readonly submission: Submission;
  /** Null is closed. */
  readonly pictured: CaseScores | null;
  readonly onClose: () => void;
}

/** One slice of a case with reference, prediction and error, as it goes into a paper. */
export function OverlayModal({ submission, pictured, onClose }: OverlayModalProps) {
  return (
    <Modal opened={pictured !== null} onClose={onClose} title={pictured && text.picture.title(pictured.name)} size="xl">
      {pictured && <Overlay submission={submission} pictured={pictured} />}
    </Modal>
  );
}

interface OverlayProps {
  readonly submission: Submission;
  readonly pictured: CaseScores;
}

function Overlay({ submission, pictured }: OverlayProps) {
  const address = `/api/v1/submissions/${submission.id}/predictions/${pictured.id}/overlay.svg`;
  const picture = useQuery({
    queryKey: ['submissions', submission.id, 'overlay', pictured.id],
    queryFn: () => askForPicture(address),
    refetchInterval: ({ state: { data } }) => (data && !data.ready ? data.retry_ms : false),
  });
  return (
    <Stack gap="md">
      <div className={classes.place} aria-live="polite">
        <Query of={picture} loading={<Drawing />}>
          {({ ready }) =>
            ready ? <img src={address} alt={text.picture.alt(pictured.name)} className={classes.picture} /> : <Drawing />
          }
        </Query>
      </div>
      <Group justify="flex-end">
        {picture.data?.ready && (
          <Button
            component="a"
            href={address}
            download={`${pictured.name}.svg`}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {text.picture.save}
          </Button>
        )}
        <Button
          component={Link}
          to={viewerPath(submission, pictured.id)}
          variant="light"
          leftSection={<IconMaximize size={16} aria-hidden />}
        >
          {text.picture.viewer}
        </Button>
      </Group>
    </Stack>
  );
}

function Drawing() {
  return (
    <Group gap="sm" p="xl" justify="center">
      <Loader size="sm" />
      <Text c="dimmed">{text.picture.drawing}</Text>
    </Group>
  );
}
