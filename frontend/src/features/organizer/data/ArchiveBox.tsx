import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useMemo } from 'react';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { ErrorState } from '~/ui';
import { UploadField, type UploadTarget, useResumableUpload } from '~/upload';

import type { Dataset } from '../queries';
import { useAction } from '../useAction';
import { text } from './text';

const ENDINGS = ['.zip', '.tar.gz', '.tgz'];

interface ArchiveBoxProps {
  readonly dataset: Dataset;
  readonly userId: number;
}

/** An archive goes up, resumable; when the server has all of it, its inspection begins by itself. */
export function ArchiveBox({ dataset, userId }: ArchiveBoxProps) {
  const target = useMemo<UploadTarget>(() => ({ purpose: 'dataset', target: dataset.id, userId }), [dataset.id, userId]);
  const upload = useResumableUpload(target);
  const { state, finish } = upload;
  const { mutate, isPending, error, reset } = useAction(
    (body: { readonly upload: string }) =>
      answered(
        api.POST('/api/v1/datasets/{dataset_id}/imports/', { params: { path: { dataset_id: dataset.id } }, body }),
      ),
    { stale: [keys.dataset(dataset.id)], refusedInForm: true },
  );
  const uploadId = state.status === 'done' ? state.uploadId : null;

  useEffect(() => {
    if (uploadId) mutate({ upload: uploadId }, { onSuccess: finish });
  }, [uploadId, mutate, finish]);

  const startOver = () => {
    upload.remove();
    reset();
  };
  return (
    <Stack gap="xs">
      <UploadField upload={upload} target={target} kinds={text.imports.kinds} endings={ENDINGS} />
      {state.status === 'empty' && (
        <Text size="sm" c="dimmed">
          {text.imports.dropHint}
        </Text>
      )}
      {isPending && (
        <Group gap="xs">
          <Loader size={14} />
          <Text size="sm">{text.imports.handingOver}</Text>
        </Group>
      )}
      {error && (
        <>
          <ErrorState error={error} onRetry={uploadId ? () => mutate({ upload: uploadId }, { onSuccess: finish }) : undefined} />
          <Button variant="default" onClick={startOver} style={{ alignSelf: 'flex-start' }}>
            {text.imports.startOver}
          </Button>
        </>
      )}
    </Stack>
  );
}
