/** The evidence card: what the sequences that are there say of a voxel. */
import { type CaseContent, contrastPair } from './content';
import type { Vec3 } from './core/affine';
import { meanAround, type Midplane, midplaneOf, mirrored, percentOf } from './core/evidence';
import { type Volume } from './core/volume';
import { automaticWindow, imageOrProblem, referenceVolume } from './scene';
import type { ViewerState } from './state';

/** A difference in percent of the images' windows; null where there is no tissue to compare. */
export interface Evidence {
  readonly name: string;
  readonly percent: number | null;
  readonly hint: string;
}

const midplanes = new WeakMap<Volume, Midplane>();

/** Means of 27 voxels, so that noise does not speak. */
export function evidenceAt(content: CaseContent, state: ViewerState, voxel: Vec3): Evidence[] {
  const volumeOf = (url: string | undefined) => {
    const image = content.images.find((candidate) => candidate.url === url);
    const found = image && imageOrProblem(content, state, image);
    return found && typeof found === 'object' ? found : null;
  };
  const found: Evidence[] = [];
  const pair = contrastPair(content);
  const [after, before] = [volumeOf(pair?.after.url), volumeOf(pair?.before.url)];
  if (pair && after && before) {
    const [a, b] = [percentAround(after, voxel), percentAround(before, voxel)];
    found.push({
      name: `${pair.after.name} − ${pair.before.name}`,
      percent: a === null || b === null ? null : a - b,
      hint: 'Contrast uptake around the voxel, in percent of the images’ windows',
    });
  }
  const flair = content.images.find(({ sequence }) => ['flair', 't2f'].includes(sequence.toLowerCase()));
  const volume = volumeOf(flair?.url);
  const reference = referenceVolume(content, state);
  if (flair && volume && reference) {
    const [here, there] = [percentAround(volume, voxel), percentAround(volume, mirrored(voxel, midplane(reference)))];
    found.push({
      name: `${flair.name}, against the other side`,
      percent: here === null || there === null ? null : here - there,
      hint: 'Brighter than the mirrored place, in percent of the image’s window',
    });
  }
  return found;
}

function percentAround(volume: Volume, voxel: Vec3): number | null {
  const mean = meanAround(volume, voxel);
  return mean === null ? null : percentOf(mean, automaticWindow(volume));
}

function midplane(volume: Volume): Midplane {
  const known = midplanes.get(volume) ?? midplaneOf(volume);
  midplanes.set(volume, known);
  return known;
}
