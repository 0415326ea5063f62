import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useMemo, useState } from 'react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { FormError } from '~/features/account/FormError';
import { useAction } from '~/features/organizer/useAction';
import { useSession } from '~/session';
import { UploadField, type UploadTarget, useResumableUpload } from '~/upload';

import { readObject } from './jsonObject';
import { jsonProblem } from './jsonProblem';
import type { DataWords } from './modelData';
import classes from './models.module.css';
import { PackageHelp } from './PackageHelp';
import { type Algorithm, modelKeys } from './queries';
import { text } from './text';

const ENDINGS = ['.zip', '.onnx'];

interface UploadVersionModalProps {
  readonly algorithm: Algorithm;
  readonly words: DataWords;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The next version of a model: its file, and what should be known of it. */
export function UploadVersionModal({ algorithm, words, opened, onClose }: UploadVersionModalProps) {
  const { user } = useSession();
  return (
    <Modal opened={opened} onClose={onClose} title={text.upload.title(algorithm.name)} size="lg">
      {user && <UploadVersionForm algorithm={algorithm} words={words} userId={user.id} onClose={onClose} />}
    </Modal>
  );
}

type FormProps = Omit<UploadVersionModalProps, 'opened'> & { readonly userId: number };

/** The file goes up while the form is filled in, as with submissions. */
function UploadVersionForm({ algorithm, words, userId, onClose }: FormProps) {
  const target = useMemo<UploadTarget>(() => ({ purpose: 'model', target: algorithm.id, userId }), [algorithm.id, userId]);
  const upload = useResumableUpload(target);
  const { state } = upload;
  const alone = state.status !== 'empty' && state.file.name.toLowerCase().endsWith('.onnx');
  const [wanted, setWanted] = useState(false);
  const form = useForm({
    initialValues: { config: '', trained_on: '', intended_use: '', notes: '' },
    validate: { config: (typed) => (alone ? jsonProblem(typed) : null) },
  });
  const create = useCreateVersion(algorithm.id);
  const uploadId = state.status === 'done' ? state.uploadId : null;
  const { mutate } = create;
  const { getValues, setErrors } = form;
  const { finish } = upload;

  useEffect(() => {
    if (!wanted || !uploadId) return;
    const { config, ...said } = getValues();
    mutate(
      { ...said, upload: uploadId, ...(alone ? { config: readObject(config).value ?? {} } : {}) },
      {
        onSuccess: () => {
          finish();
          onClose();
        },
        onError: (error) => setErrors(asProblem(error).fields),
        onSettled: () => setWanted(false),
      },
    );
  }, [wanted, uploadId, alone, mutate, getValues, setErrors, finish, onClose]);

  return (
    <form onSubmit={form.onSubmit(() => setWanted(true))} noValidate>
      <Stack pt={4}>
        <UploadField upload={upload} target={target} kinds={text.upload.kinds} endings={ENDINGS} />
        {alone && (
          <Textarea
            label={text.upload.config}
            description={text.upload.configHint}
            autosize
            minRows={6}
            required
            className={classes.json ?? ''}
            {...form.getInputProps('config')}
          />
        )}
        <details>
          <summary>{text.package.title}</summary>
          <PackageHelp {...words} />
        </details>
        <TextInput label={text.upload.trainedOn} description={text.upload.trainedOnHint} maxLength={2000} {...form.getInputProps('trained_on')} />
        <TextInput label={text.upload.use} maxLength={2000} {...form.getInputProps('intended_use')} />
        <Textarea label={text.upload.notes} autosize minRows={2} maxLength={2000} {...form.getInputProps('notes')} />
        <FormError error={create.error} />
        <Group justify="flex-end">
          {wanted && !uploadId && (
            <Text size="sm" c="dimmed" role="status">
              {text.upload.waiting}
            </Text>
          )}
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <Button type="submit" disabled={state.status === 'empty' || wanted} loading={create.isPending}>
            {uploadId || state.status === 'empty' ? text.upload.send : text.upload.sendWhenDone}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface VersionFields {
  readonly upload: string;
  readonly config?: Record<string, unknown>;
  readonly trained_on: string;
  readonly intended_use: string;
  readonly notes: string;
}

function useCreateVersion(algorithmId: string) {
  return useAction(
    (body: VersionFields) =>
      answered(api.POST('/api/v1/algorithms/{algorithm_id}/versions/', { params: { path: { algorithm_id: algorithmId } }, body })),
    { stale: [modelKeys.algorithm(algorithmId)], done: ({ number }) => text.upload.done(number), refusedInForm: true },
  );
}
