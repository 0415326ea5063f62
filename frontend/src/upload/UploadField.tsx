import { ActionIcon, Alert, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { Dropzone, type FileRejection } from '@mantine/dropzone';
import { IconFileZip, IconPlayerPause, IconPlayerPlay, IconTrash, IconUpload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { formatBytes, percentDone } from '~/format';

import type { UploadTarget } from './resumable';
import { text } from './text';
import { forgetUpload, type Unfinished, unfinishedUploads } from './unfinished';
import type { ResumableUpload, UploadState } from './useResumableUpload';
import classes from './UploadField.module.css';

interface UploadFieldProps {
  readonly upload: ResumableUpload;
  readonly target: UploadTarget;
  /** What is taken, in words ("a .zip or .tar.gz") and by the ends of names. */
  readonly kinds: string;
  readonly endings: readonly string[];
}

/** A place to drop a file, and then its way up. */
export function UploadField({ upload, target, kinds, endings }: UploadFieldProps) {
  const { state } = upload;
  if (state.status !== 'empty') return <Transfer upload={upload} state={state} />;
  return (
    <Stack gap="sm">
      <Interrupted target={target} />
      <DropPlace onFile={upload.start} kinds={kinds} endings={endings} />
    </Stack>
  );
}

interface DropPlaceProps {
  readonly onFile: (file: File) => void;
  readonly kinds: string;
  readonly endings: readonly string[];
}

function DropPlace({ onFile, kinds, endings }: DropPlaceProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const check = (file: File) => {
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      return { code: 'kind', message: text.wrongKind(kinds) };
    }
    return file.size === 0 ? { code: 'empty', message: text.empty } : null;
  };
  const refuse = (rejections: FileRejection[]) =>
    setRefusal(rejections.length > 1 ? text.oneOnly : (rejections[0]?.errors[0]?.message ?? null));
  return (
    <>
      <Dropzone
        multiple={false}
        validator={check}
        onDrop={(files) => {
          setRefusal(null);
          if (files[0]) onFile(files[0]);
        }}
        onReject={refuse}
        className={classes.drop ?? ''}
        inputProps={{ 'aria-label': text.drop(kinds) }}
      >
        <Stack align="center" gap={6} py="lg">
          <IconUpload size={30} stroke={1.4} aria-hidden />
          <Text fw={550}>{text.drop(kinds)}</Text>
          <Text size="sm" c="dimmed">
            {text.dropHint}
          </Text>
        </Stack>
      </Dropzone>
      {refusal && (
        <Text size="sm" c="var(--bad)" role="alert">
          {refusal}
        </Text>
      )}
    </>
  );
}

type Going = Exclude<UploadState, { readonly status: 'empty' }>;

function Transfer({ upload, state }: { readonly upload: ResumableUpload; readonly state: Going }) {
  const { file, status } = state;
  const sent = state.status === 'done' ? file.size : state.sent_bytes;
  const percent = percentDone(sent, file.size);
  return (
    <Paper p="md" className={classes.transfer ?? ''}>
      <Stack gap={8}>
        <Group wrap="nowrap" gap="sm">
          <IconFileZip size={26} stroke={1.4} aria-hidden style={{ flex: 'none' }} />
          <Stack gap={0} flex={1} miw={0}>
            <Text fw={600} size="sm" truncate>
              {file.name}
            </Text>
            <Text size="sm" c="dimmed">
              {text.state[status]} · {status === 'done' ? formatBytes(file.size) : progressWords(state)}
            </Text>
          </Stack>
          <Controls upload={upload} status={status} />
        </Group>
        <Progress
          value={percent}
          radius="xs"
          color={status === 'done' ? 'teal' : status === 'failed' ? 'red' : 'petrol'}
          aria-label={text.label(file.name)}
          aria-valuetext={`${percent} %`}
        />
        {state.status === 'failed' && (
          <Text size="sm" c="var(--bad)" role="alert">
            {state.problem.message}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function progressWords(state: Exclude<Going, { readonly status: 'done' }>): string {
  const done = text.progress(formatBytes(state.sent_bytes), formatBytes(state.file.size));
  if (state.status !== 'uploading' || !state.bytes_per_s) return done;
  const left_s = (state.file.size - state.sent_bytes) / state.bytes_per_s;
  return `${done} · ${text.rate(formatBytes(state.bytes_per_s), text.seconds(left_s))}`;
}

function Controls({ upload, status }: { readonly upload: ResumableUpload; readonly status: Going['status'] }) {
  return (
    <Group gap={4} wrap="nowrap">
      {status === 'uploading' && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          onClick={upload.pause}
        >
          {text.pause}
        </Button>
      )}
      {(status === 'paused' || status === 'failed') && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={upload.resume}
        >
          {text.resume}
        </Button>
      )}
      <ActionIcon aria-label={text.remove} onClick={upload.remove}>
        <IconTrash size={17} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

/** After a reload the browser no longer has the file: the person chooses it again, and it goes on. */
function Interrupted({ target }: { readonly target: UploadTarget }) {
  const cache = useQueryClient();
  const queryKey = ['unfinished-uploads', target.purpose, target.target, target.userId];
  const { data = [] } = useQuery({ queryKey, queryFn: () => unfinishedUploads(target), staleTime: 0, retry: false });
  const forget = async ({ stored }: Unfinished) => {
    await forgetUpload(stored);
    await cache.invalidateQueries({ queryKey });
  };
  return data.map((one) => (
    <Alert key={one.stored.urlStorageKey} variant="light" role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 240px">
          {text.resumable(one.name, percentDone(one.sent_bytes, one.total_bytes))}
        </Text>
        <Button size="compact-sm" variant="subtle" onClick={() => void forget(one)}>
          {text.forget}
        </Button>
      </Group>
    </Alert>
  ));
}
