import type { GrowCutJob } from './core/tools/growCut';

/** @returns the label of every voxel of the job's box. */
export function growCutInWorker(job: GrowCutJob): Promise<Uint8Array> {
  const worker = new Worker(new URL('./growCut.worker.ts', import.meta.url), { type: 'module' });
  const done = new Promise<Uint8Array>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Uint8Array>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'The browser could not start grow-cut.'));
  });
  worker.postMessage(job);
  return done.finally(() => worker.terminate());
}
