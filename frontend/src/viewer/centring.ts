/** All panes on one place. */
import type { Vec3 } from './core/affine';
import { type Plane, PLANES, voxelToPlane_mm } from './core/planes';
import type { Point } from './core/viewport';
import type { CaseContent } from './content';
import { geometryOf, referenceVolume } from './scene';
import { moveTo, type ViewerState } from './state';

/** Where the whole head is shown, a place is looked at from nearer. */
const NEAR = 2;

/** The voxel's slices, with the voxel in the middle of each pane; nothing changes until an image is there. */
export function centreOn(content: CaseContent, state: ViewerState, voxel: Vec3): ViewerState {
  const volume = referenceVolume(content, state);
  if (!volume) return state;
  const pans = PLANES.map((plane): [Plane, Point] => {
    const geometry = geometryOf(content, state, plane);
    if (!geometry) return [plane, state.pans_mm[plane]];
    const { left, top, width, height } = geometry.focus_mm;
    const [x, y] = voxelToPlane_mm(geometry, voxel);
    return [plane, [left + width / 2 - x, top + height / 2 - y]];
  });
  return {
    ...moveTo(state, volume.shape, voxel),
    zoom: state.zoom > 1 ? state.zoom : NEAR,
    pans_mm: Object.fromEntries(pans) as ViewerState['pans_mm'],
  };
}
