import { useCallback, useEffect, useRef, useState } from 'react';
import { Upload } from 'tus-js-client';

import type { ApiProblem } from '~/api/problem';

import { bytesPerSecond, type Sample, withSample } from './rate';
import { uploadIdOf, uploadOptions, uploadProblem, type UploadTarget } from './resumable';
import { forgetUrl } from './unfinished';

export type UploadState =
  | { readonly status: 'empty' }
  | {
      readonly status: 'uploading' | 'paused';
      readonly file: File;
      readonly sent_bytes: number;
      readonly bytes_per_s: number | null;
    }
  | { readonly status: 'failed'; readonly file: File; readonly sent_bytes: number; readonly problem: ApiProblem }
  | { readonly status: 'done'; readonly file: File; readonly uploadId: string };

export interface ResumableUpload {
  readonly state: UploadState;
  /** Begins, or continues what an earlier visit began with the same file. */
  readonly start: (file: File) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Abandons the upload, here and on the server. */
  readonly remove: () => void;
  /** After the upload was handed in: the same file may be uploaded anew. */
  readonly finish: () => void;
}

const EMPTY: UploadState = { status: 'empty' };

export function useResumableUpload(target: UploadTarget): ResumableUpload {
  const [state, setState] = useState<UploadState>(EMPTY);
  const running = useRef<Upload | null>(null);
  const { purpose, target: targetId, userId } = target;

  // Leaving the page pauses: what was sent stays on the server, and the fingerprint in the browser.
  useEffect(() => () => void running.current?.abort(), []);

  const start = useCallback(
    (file: File) => {
      let samples: Sample[] = [];
      const upload: Upload = new Upload(file, {
        ...uploadOptions(file, { purpose, target: targetId, userId }, window.location.origin),
        onProgress: (sent_bytes) => {
          samples = withSample(samples, { at_ms: performance.now(), sent_bytes });
          setState({ status: 'uploading', file, sent_bytes, bytes_per_s: bytesPerSecond(samples) });
        },
        onSuccess: () => setState({ status: 'done', file, uploadId: uploadIdOf(upload.url ?? '') }),
        onError: (error) =>
          setState((now) => ({ status: 'failed', file, sent_bytes: sentOf(now), problem: uploadProblem(error) })),
      });
      running.current = upload;
      setState({ status: 'uploading', file, sent_bytes: 0, bytes_per_s: null });
      void upload.findPreviousUploads().then((previous) => {
        const latest = previous.at(-1);
        if (latest) upload.resumeFromPreviousUpload(latest);
        if (running.current === upload) upload.start();
      });
    },
    [purpose, targetId, userId],
  );

  const pause = useCallback(() => {
    void running.current?.abort();
    setState((now) =>
      now.status === 'uploading' ? { ...now, status: 'paused', bytes_per_s: null } : now,
    );
  }, []);

  const resume = useCallback(() => {
    setState((now) =>
      now.status === 'paused' || now.status === 'failed'
        ? { status: 'uploading', file: now.file, sent_bytes: now.sent_bytes, bytes_per_s: null }
        : now,
    );
    running.current?.start();
  }, []);

  const remove = useCallback(() => {
    // Ends the upload on the server and forgets its fingerprint; where that fails, it expires there by itself.
    void running.current?.abort(true).catch(() => undefined);
    running.current = null;
    setState(EMPTY);
  }, []);

  const finish = useCallback(() => {
    if (running.current?.url) void forgetUrl(running.current.url);
    running.current = null;
    setState(EMPTY);
  }, []);

  return { state, start, pause, resume, remove, finish };
}

function sentOf(state: UploadState): number {
  return 'sent_bytes' in state ? state.sent_bytes : 0;
}
