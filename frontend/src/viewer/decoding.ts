/** From a file's bytes to a volume, with what every pane asks of an image at first. */
import { decodeNifti, NiftiError } from './core/nifti';
import { contentBox, type Volume, type VoxelBox } from './core/volume';
import { keepSamples, sortedSamples } from './core/window';
import { keepFocus } from './scene';

export interface DecodeJob {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly kind: 'image' | 'labelmap';
}

/** Found by going through all voxels. */
interface Looks {
  readonly samples: Float64Array<ArrayBuffer>;
  readonly focus: VoxelBox;
}

interface Decoded {
  readonly volume: Volume;
  /** Of images only. */
  readonly looks: Looks | null;
}

interface Failure {
  readonly kind: 'file' | 'memory' | 'other';
  readonly message: string;
}

export type DecodeAnswer = Decoded | { readonly failure: Failure };

/** @throws NiftiError */
export async function decodeFile({ file, kind }: DecodeJob): Promise<Decoded> {
  const volume = await decodeNifti(file);
  return { volume, looks: kind === 'image' ? { samples: sortedSamples(volume), focus: contentBox(volume) } : null };
}

/**
 * The volume of an answer; from here on, its window and its extent are known.
 *
 * @throws NiftiError, RangeError where memory did not suffice, or Error.
 */
export function takeAnswer(answer: DecodeAnswer): Volume {
  if ('failure' in answer) {
    const { kind, message } = answer.failure;
    throw kind === 'file' ? new NiftiError(message) : kind === 'memory' ? new RangeError(message) : new Error(message);
  }
  const { volume, looks } = answer;
  if (looks) {
    keepSamples(volume, looks.samples);
    keepFocus(volume, looks.focus);
  }
  return volume;
}
