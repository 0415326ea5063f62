import type { SurfaceJob, Surfaces } from './surfaceJob';

export type SurfaceAnswer =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'made'; readonly made: Surfaces };

/** One job after the other, in one worker. */
export class SurfaceWorker {
  private worker: Worker | null = null;

  /** Not before the last one is done. The job's voxels are handed over. */
  run(job: SurfaceJob, onProgress: (share: number) => void): Promise<Surfaces> {
    const worker = (this.worker ??= new Worker(new URL('./surfaces.worker.ts', import.meta.url), { type: 'module' }));
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<SurfaceAnswer>) => {
        if (data.kind === 'progress') onProgress(data.share);
        else resolve(data.made);
      };
      worker.onerror = ({ message }) => reject(new Error(message || 'The browser could not start making surfaces.'));
      worker.postMessage(job, [job.voxels.buffer]);
    });
  }

  /** What it works on is never done. */
  stop(): void {
    this.worker?.terminate();
    this.worker = null;
  }
}
