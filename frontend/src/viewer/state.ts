/** Everything a person can change in the viewer, as pure transitions. */
import type { Vec3 } from './core/affine';
import type { LabelChanges } from './core/changes';
import type { Ruler } from './core/measure';
import { type DisplayAxis, type Plane, type PlaneGeometry, voxelIndex } from './core/planes';
import { clampVoxel, type Labelmap, type Volume } from './core/volume';
import type { IntensityWindow } from './core/window';
import { FITTED, type Point, type View } from './core/viewport';
import type { CaseContent } from './content';

export type Layout = 'sequences' | 'planes' | 'planes-3d' | '3d' | 'single';

export function shows3d(layout: Layout): boolean {
  return layout === 'planes-3d' || layout === '3d';
}

/** With the three planes, or back to all sequences. */
export function toggle3d(state: ViewerState): ViewerState {
  return { ...state, layout: shows3d(state.layout) ? 'sequences' : 'planes-3d' };
}

export type OverlayStyle = 'fill' | 'outline';
export type ColorBy = 'label' | 'overlay';

export type FileState =
  | { readonly status: 'loading'; readonly loaded_bytes: number; readonly total_bytes: number | null }
  | { readonly status: 'decoding' }
  | { readonly status: 'image'; readonly volume: Volume }
  | { readonly status: 'labelmap'; readonly labelmap: Labelmap; readonly changes?: LabelChanges }
  | { readonly status: 'failed'; readonly message: string };

export interface ViewerState {
  readonly layout: Layout;
  readonly plane: Plane;
  /** Place of the chosen sequence among the slots. */
  readonly slot: number;
  /** Voxel at which all panes meet; null until an image is there. */
  readonly crosshair: Vec3 | null;
  /** Where the panes are to meet once there is an image, or null for where there is most to see. */
  readonly wanted: Vec3 | null;
  readonly crosshairShown: boolean;
  /** Voxel under the pointer. */
  readonly hover: Vec3 | null;
  /** The person has moved: nothing may jump any more. */
  readonly moved: boolean;
  readonly zoom: number;
  readonly pans_mm: Readonly<Record<Plane, Point>>;
  /** By image URL; automatic where absent. */
  readonly windows: Readonly<Record<string, IntensityWindow>>;
  readonly shownOverlays: ReadonlySet<string>;
  /** Overlays whose wish to be shown at first has been followed. */
  readonly knownOverlays: readonly string[];
  /** Ids from `labelId`. */
  readonly hiddenLabels: ReadonlySet<string>;
  readonly overlaysOn: boolean;
  /** Held down to compare with the bare image. */
  readonly blinking: boolean;
  /** Held down: the two images of the pair change places. */
  readonly flipping: boolean;
  /** By URL; T1 before and after contrast agent where null. */
  readonly flipPair: readonly [string, string] | null;
  /** The subtraction image has its pane among the sequences. */
  readonly subtraction: boolean;
  /** The pointer measures. */
  readonly measuring: boolean;
  readonly rulers: readonly Ruler[];
  /** Where a ruler that is made by keyboard begins. */
  readonly rulerFrom: Vec3 | null;
  readonly style: OverlayStyle;
  readonly colorBy: ColorBy;
  readonly opacity: number;
  readonly errors: { readonly pair: string; readonly region: string } | null;
  /** Counts changes of labelmaps that are painted in place. */
  readonly edits: number;
  /** Space is down: the pointer pans. */
  readonly panning: boolean;
  readonly keySheetOpen: boolean;
  /** By URL. */
  readonly files: Readonly<Record<string, FileState>>;
}

const NO_PANS: ViewerState['pans_mm'] = { axial: [0, 0], coronal: [0, 0], sagittal: [0, 0] };

export function initialState(content: CaseContent): ViewerState {
  return {
    layout: 'sequences',
    plane: 'axial',
    slot: 0,
    crosshair: null,
    wanted: null,
    crosshairShown: true,
    hover: null,
    moved: false,
    zoom: FITTED.zoom,
    pans_mm: NO_PANS,
    windows: {},
    shownOverlays: new Set(content.overlays.filter((o) => o.default_visible).map((o) => o.key)),
    knownOverlays: content.overlays.map(({ key }) => key),
    hiddenLabels: new Set(),
    overlaysOn: true,
    blinking: false,
    flipping: false,
    flipPair: null,
    subtraction: false,
    measuring: false,
    rulers: [],
    rulerFrom: null,
    style: 'fill',
    colorBy: 'label',
    opacity: 0.45,
    errors: null,
    edits: 0,
    panning: false,
    keySheetOpen: false,
    files: {},
  };
}

/** Zoom, pan and windows as they were at first; the slices stay. */
export function resetView(state: ViewerState): ViewerState {
  return { ...state, zoom: FITTED.zoom, pans_mm: NO_PANS, windows: {} };
}

export function viewOf(state: ViewerState, plane: Plane): View {
  return { zoom: state.zoom, pan_mm: state.pans_mm[plane] };
}

export function withView(state: ViewerState, plane: Plane, view: View): ViewerState {
  return { ...state, zoom: view.zoom, pans_mm: { ...state.pans_mm, [plane]: view.pan_mm } };
}

/** Crosshair to the nearest voxel of the grid. */
export function moveTo(state: ViewerState, shape: Vec3, voxel: Vec3): ViewerState {
  const next = clampVoxel(shape, voxel);
  if (state.crosshair && next.every((index, axis) => index === state.crosshair?.[axis])) {
    return state.moved ? state : { ...state, moved: true };
  }
  return { ...state, crosshair: next, moved: true };
}

/** Slices towards superior, anterior or patient left. */
export function stepSlices(state: ViewerState, shape: Vec3, geometry: PlaneGeometry, steps: number): ViewerState {
  if (!state.crosshair) return state;
  const { slice } = geometry;
  const voxel: [number, number, number] = [...state.crosshair];
  voxel[slice.axis] += slice.flipped ? -steps : steps;
  return moveTo(state, shape, voxel);
}

/** Crosshair by voxels of the screen. */
export function nudge(state: ViewerState, shape: Vec3, { column, row }: PlaneGeometry, right: number, down: number): ViewerState {
  if (!state.crosshair) return state;
  const voxel: [number, number, number] = [...state.crosshair];
  const move = ({ axis, flipped }: DisplayAxis, steps: number) => (voxel[axis] += flipped ? -steps : steps);
  move(column, right);
  move(row, down);
  return moveTo(state, shape, voxel);
}

/** Pan by shares of what a pane shows. */
export function panByShare(state: ViewerState, { plane, focus_mm }: PlaneGeometry, right: number, down: number): ViewerState {
  const { zoom, pan_mm } = viewOf(state, plane);
  const moved: Point = [pan_mm[0] + (right * focus_mm.width) / zoom, pan_mm[1] + (down * focus_mm.height) / zoom];
  return withView(state, plane, { zoom, pan_mm: moved });
}

/** Position of the current slice along its direction, 0-based, and how many there are. */
export function slicePosition(crosshair: Vec3, { slice }: PlaneGeometry): number {
  return voxelIndex(slice, crosshair[slice.axis]);
}

export function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

export function setFile(state: ViewerState, url: string, file: FileState | null): ViewerState {
  const files = { ...state.files };
  if (file) files[url] = file;
  else delete files[url];
  return { ...state, files };
}
