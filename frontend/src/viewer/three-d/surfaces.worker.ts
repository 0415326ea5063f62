/** Surfaces beside the page, so that painting goes on. */
import { runSurfaceJob, type SurfaceJob } from './surfaceJob';
import type { SurfaceAnswer } from './surfacesInWorker';

const answer = (message: SurfaceAnswer, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.onmessage = ({ data }: MessageEvent<SurfaceJob>) => {
  const made = runSurfaceJob(data, (share) => answer({ kind: 'progress', share }));
  const buffers = made.surfaces.flatMap(({ positions, normals, triangles }) => [
    positions.buffer,
    normals.buffer,
    triangles.buffer,
  ]);
  answer({ kind: 'made', made }, buffers);
};
