/** A place in a case, as an address: `/cases/<id>?voxel=12,30,40&show=annotation:<id>`. Pure. */
import type { Vec3 } from '~/viewer';

/** @param show key of the overlay that is shown at first. */
export function placePath(caseId: string, place: readonly number[], show: string): string {
  return `/cases/${caseId}?voxel=${place.join(',')}&show=${encodeURIComponent(show)}`;
}

/** The voxel that the address names, or null where it names none. */
export function voxelIn(search: URLSearchParams): Vec3 | null {
  const text = search.get('voxel');
  if (!text || !/^\d{1,5},\d{1,5},\d{1,5}$/.test(text)) return null;
  const [x = 0, y = 0, z = 0] = text.split(',').map(Number);
  return [x, y, z];
}
