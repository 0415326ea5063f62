import { Group, Loader, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { notifications } from '@mantine/notifications';
import { IconFileUpload } from '@tabler/icons-react';

import { ErrorState } from '~/ui';

import { type Assignment, useUploadRevision } from './queries';
import { text } from './text';

const MAX_BYTES = 256 * 2 ** 20;

/** A labelmap dropped here is checked by the server and becomes the next revision, or is refused in words. */
export function UploadBox({ assignment }: { readonly assignment: Assignment }) {
  const { annotation } = assignment;
  const upload = useUploadRevision();
  const send = (files: File[]) => {
    const [file] = files;
    if (!file) return;
    upload.mutate(
      { annotationId: annotation.id, head: annotation.head, file },
      { onSuccess: (revision) => notifications.show({ message: text.page.uploaded(revision.number) }) },
    );
  };
  return (
    <Stack gap="sm">
      <Dropzone
        onDrop={send}
        onReject={() => notifications.show({ color: 'red', message: text.page.tooLarge })}
        multiple={false}
        maxSize={MAX_BYTES}
        disabled={upload.isPending}
        inputProps={{ 'aria-label': text.page.upload }}
      >
        <Group justify="center" gap="lg" mih={110} style={{ pointerEvents: 'none' }}>
          {upload.isPending ? <Loader size={32} /> : <IconFileUpload size={36} stroke={1.4} aria-hidden />}
          <Stack gap={2} maw={520}>
            <Text fw={600}>{upload.isPending ? text.page.uploading : text.page.upload}</Text>
            <Text size="sm" c="dimmed">
              {text.page.uploadHint}
            </Text>
          </Stack>
        </Group>
      </Dropzone>
      {upload.error && <ErrorState error={upload.error} />}
    </Stack>
  );
}
