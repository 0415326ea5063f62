/** Inflates and reads one file after the other beside the page, so that panes draw and hands paint meanwhile. */
import { NiftiError } from './core/nifti';
import { type DecodeAnswer, type DecodeJob, decodeFile } from './decoding';

self.onmessage = ({ data }: MessageEvent<DecodeJob>) => {
  void answer(data).then((made) => self.postMessage(made, { transfer: buffersOf(made) }));
};

async function answer(job: DecodeJob): Promise<DecodeAnswer> {
  try {
    return await decodeFile(job);
  } catch (error) {
    const kind = error instanceof NiftiError ? 'file' : error instanceof RangeError ? 'memory' : 'other';
    return { failure: { kind, message: error instanceof Error ? error.message : String(error) } };
  }
}

function buffersOf(made: DecodeAnswer): Transferable[] {
  if ('failure' in made) return [];
  return [made.volume.voxels.buffer, ...(made.looks ? [made.looks.samples.buffer] : [])];
}
