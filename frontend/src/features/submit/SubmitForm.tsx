import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import type { Phase } from '~/api/types';
import { UploadField, type UploadTarget, useResumableUpload } from '~/upload';

import { text } from './text';

const ENDINGS = ['.zip', '.tar.gz', '.tgz'];

interface SubmitFormProps {
  readonly phase: Phase;
  readonly userId: number;
  readonly onSubmitted: (submissionId: string) => void;
}

/** The file goes up while the form is filled in; "Submit" waits for it where need be. */
export function SubmitForm({ phase, userId, onSubmitted }: SubmitFormProps) {
  const target = useMemo<UploadTarget>(() => ({ purpose: 'submission', target: phase.id, userId }), [phase.id, userId]);
  const upload = useResumableUpload(target);
  const [wanted, setWanted] = useState(false);
  const form = useForm({
    initialValues: { method_name: '', method_description: '' },
    validate: { method_name: (name) => (name.trim() ? null : text.methodRequired) },
  });
  const create = useCreateSubmission(phase.id, (submissionId) => {
    upload.finish();
    onSubmitted(submissionId);
  });
  const { state } = upload;
  const uploadId = state.status === 'done' ? state.uploadId : null;
  const { mutate } = create;

  const { getValues, setErrors } = form;

  useEffect(() => {
    if (!wanted || !uploadId) return;
    mutate(
      { ...getValues(), upload: uploadId },
      {
        onError: (error) => setErrors(asProblem(error).fields),
        onSettled: () => setWanted(false),
      },
    );
  }, [wanted, uploadId, mutate, getValues, setErrors]);

  return (
    <form onSubmit={form.onSubmit(() => setWanted(true))} noValidate>
      <Stack gap="lg">
        <UploadField upload={upload} target={target} kinds={text.kinds} endings={ENDINGS} />
        <TextInput
          label={text.method}
          description={text.methodHint}
          maxLength={80}
          required
          {...form.getInputProps('method_name')}
        />
        <Textarea
          label={text.description}
          description={text.descriptionHint}
          autosize
          minRows={2}
          maxLength={10_000}
          {...form.getInputProps('method_description')}
        />
        {create.error && (
          <Alert color="red" variant="light" role="alert">
            {create.error.message}
          </Alert>
        )}
        <Group>
          <Button type="submit" disabled={state.status === 'empty' || wanted} loading={create.isPending}>
            {uploadId || state.status === 'empty' ? text.submit : text.submitWhenDone}
          </Button>
          {wanted && !uploadId && (
            <Text size="sm" c="dimmed" role="status">
              {text.waiting}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

interface SubmissionFields {
  readonly upload: string;
  readonly method_name: string;
  readonly method_description: string;
}

function useCreateSubmission(phaseId: string, onCreated: (submissionId: string) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (fields: SubmissionFields) =>
      answered(
        api.POST('/api/v1/phases/{phase_id}/submissions/', {
          params: { path: { phase_id: phaseId } },
          body: { ...fields, method_name: fields.method_name.trim() },
        }),
      ),
    onSuccess: async (submission) => {
      cache.setQueryData(keys.submission(submission.id), submission);
      onCreated(submission.id);
      await Promise.all(
        [[...keys.submissions, 'mine'], keys.phase(phaseId)].map((queryKey) => cache.invalidateQueries({ queryKey })),
      );
    },
  });
}
