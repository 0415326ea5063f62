/** What the panes show: derived from content and state, with the costly parts remembered. */
import type { Axis, Vec3 } from './core/affine';
import { contrastGain } from './core/evidence';
import { compareRegion, ERROR_SCHEME, TRUE_POSITIVE } from './core/errors';
import { type LabelScheme, type LabelStatistics, labelStatistics, makePalette } from './core/labels';
import { type Plane, planeGeometry, type PlaneGeometry, PLANES, voxelToPlane_mm } from './core/planes';
import type { Palette } from './core/slices';
import { contentBox, gridDifference, type Labelmap, type Volume, type VoxelBox } from './core/volume';
import { autoWindow, type IntensityWindow } from './core/window';
import { type CaseContent, type CaseImage, type CaseOverlay, contrastPair, labelId, overlayColor, type Slot, slotsOf } from './content';
import type { OverlayLayer, SliceFrame } from './renderer';
import { type Layout, type ViewerState, viewOf } from './state';

export interface PaneSpec {
  readonly id: string;
  readonly slot: Slot;
  readonly slotIndex: number;
  readonly plane: Plane;
}

/** Result of a function of one object, for as long as the object lives. */
function remember<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const cache = new WeakMap<K, V>();
  return (key) => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const value = compute(key);
    cache.set(key, value);
    return value;
  };
}

export const statisticsOf: (labelmap: Labelmap) => LabelStatistics = remember(labelStatistics);
export const automaticWindow: (volume: Volume) => IntensityWindow = remember(autoWindow);
const focuses = new WeakMap<Volume, VoxelBox>();

/** An image's `contentBox`, where it is known already. */
export function keepFocus(volume: Volume, box: VoxelBox): void {
  focuses.set(volume, box);
}

const geometriesOf = remember((volume: Volume): Readonly<Record<Plane, PlaneGeometry>> => {
  const focus = focuses.get(volume) ?? contentBox(volume);
  return {
    axial: planeGeometry(volume, 'axial', focus),
    coronal: planeGeometry(volume, 'coronal', focus),
    sagittal: planeGeometry(volume, 'sagittal', focus),
  };
});

/** The one geometry of all panes of a plane, so that they stay linked; null until an image is there. */
export function geometryOf(content: CaseContent, state: ViewerState, plane: Plane): PlaneGeometry | null {
  const volume = referenceVolume(content, state);
  return volume && geometriesOf(volume)[plane];
}

export function panesOf(
  content: CaseContent,
  layout: Layout,
  chosen: number,
  plane: Plane,
  subtraction = false,
): PaneSpec[] {
  const slots = slotsOf(content);
  const isShown = (slot: Slot) => subtraction || slot.kind === 'missing' || !slot.image.difference;
  const pane = (slotIndex: number, panePlane: Plane): PaneSpec[] => {
    const slot = slots[slotIndex];
    return slot ? [{ id: `${slotIndex}-${panePlane}`, slot, slotIndex, plane: panePlane }] : [];
  };
  switch (layout) {
    case 'sequences':
      return slots.flatMap((slot, index) => (isShown(slot) ? pane(index, plane) : []));
    case 'planes':
    case 'planes-3d':
      return PLANES.flatMap((each) => pane(chosen, each));
    case 'single':
      return pane(chosen, plane);
    case '3d':
      return [];
  }
}

/** The grid that everything else must share: that of the first image that is there, in the case's order. */
export function referenceVolume(content: CaseContent, state: ViewerState): Volume | null {
  for (const { url } of content.images) {
    const file = state.files[url];
    if (file?.status === 'image') return file.volume;
  }
  return null;
}

const differences = new WeakMap<Volume, { readonly reference: Volume; readonly sentence: string | null }>();

/** `gridDifference`, found once: every frame asks for it. */
function differenceOf(volume: Volume, reference: Volume): string | null {
  const known = differences.get(volume);
  if (known?.reference === reference) return known.sentence;
  const sentence = gridDifference(volume, reference);
  differences.set(volume, { reference, sentence });
  return sentence;
}

/** An image that is loaded and on the case's grid, or the reason why there is none to show. */
export function imageOrProblem(content: CaseContent, state: ViewerState, image: CaseImage): Volume | string | null {
  if (image.difference) return differenceOrProblem(content, state, image.difference);
  const file = state.files[image.url];
  if (file?.status === 'failed') return file.message;
  if (file?.status !== 'image') return null;
  const reference = referenceVolume(content, state);
  const difference = reference && differenceOf(file.volume, reference);
  return difference ? `${image.name}: ${difference}; it cannot be linked with the other sequences.` : file.volume;
}

function differenceOrProblem(
  content: CaseContent,
  state: ViewerState,
  { of, from }: NonNullable<CaseImage['difference']>,
): Volume | string | null {
  const [after, before] = [of, from].map((url) => {
    const image = content.images.find((candidate) => candidate.url === url);
    return image ? imageOrProblem(content, state, image) : null;
  });
  if (typeof after === 'string') return after;
  if (typeof before === 'string') return before;
  return after && before ? gainOf(after, before) : null;
}

const gains = new WeakMap<Volume, { readonly before: Volume; readonly gain: Volume }>();

/** Computed when it is first shown, and kept while both images are. */
function gainOf(after: Volume, before: Volume): Volume {
  const known = gains.get(after);
  if (known?.before === before) return known.gain;
  const gain = contrastGain(after, automaticWindow(after), before, automaticWindow(before));
  gains.set(after, { before, gain });
  return gain;
}

/** The image that a pane shows just now: its own, or the other of the pair while they are flipped. */
export function shownImage(content: CaseContent, state: ViewerState, image: CaseImage): CaseImage {
  if (!state.flipping) return image;
  const pair = flippedPair(content, state);
  const other = pair && (image.url === pair[0] ? pair[1] : image.url === pair[1] ? pair[0] : null);
  return content.images.find(({ url }) => url === other) ?? image;
}

/** URLs of the two images that flip, or null where the case has no two. */
export function flippedPair(content: CaseContent, state: ViewerState): readonly [string, string] | null {
  if (state.flipPair) return state.flipPair;
  const contrast = contrastPair(content);
  if (contrast) return [contrast.before.url, contrast.after.url];
  const [first, second] = content.images;
  return first && second ? [first.url, second.url] : null;
}

export function labelmapOrProblem(content: CaseContent, state: ViewerState, overlay: CaseOverlay): Labelmap | string | null {
  const file = state.files[overlay.url];
  if (file?.status === 'failed') return file.message;
  if (file?.status !== 'labelmap') return null;
  const reference = referenceVolume(content, state);
  const difference = reference && differenceOf(file.labelmap, reference);
  return difference ? `${overlay.name}: ${difference}; it is not shown.` : file.labelmap;
}

export function labelmapOf(content: CaseContent, state: ViewerState, key: string): Labelmap | null {
  const overlay = content.overlays.find((candidate) => candidate.key === key);
  const result = overlay && labelmapOrProblem(content, state, overlay);
  return result && typeof result === 'object' ? result : null;
}

const paletteCache = new Map<string, Palette>();

interface Colours {
  readonly scheme: LabelScheme;
  readonly hiddenIds: ReadonlySet<string>;
  readonly color: string | undefined;
  readonly palette: Palette;
}

/** The last colours of each labelmap: every frame asks for them. */
const colours = new WeakMap<Labelmap, Colours>();

function paletteOf(scheme: LabelScheme, labelmap: Labelmap, hiddenIds: ReadonlySet<string>, color?: string): Palette {
  const last = colours.get(labelmap);
  if (last?.scheme === scheme && last.hiddenIds === hiddenIds && last.color === color) return last.palette;
  const palette = findPalette(scheme, hiddenIds, color, labelmap.marksUnsure);
  colours.set(labelmap, { scheme, hiddenIds, color, palette });
  return palette;
}

/** Labels that the scheme does not name have their one colour, and can be hidden too. */
function findPalette(scheme: LabelScheme, hiddenIds: ReadonlySet<string>, color?: string, marksUnsure = false): Palette {
  const hidden = hiddenIds.size === 0 ? [] : LABEL_VALUES.filter((value) => hiddenIds.has(labelId(scheme, value)));
  const key = JSON.stringify([scheme.labels, hidden, color, marksUnsure]);
  const known = paletteCache.get(key);
  if (known) return known;
  const palette = makePalette(scheme.labels, new Set(hidden), color, marksUnsure);
  paletteCache.set(key, palette);
  return palette;
}

const LABEL_VALUES = Array.from({ length: 255 }, (_, i) => i + 1);

const fadedAgreement = remember((palette: Palette): Palette => {
  const faded = palette.slice();
  const alpha = 4 * TRUE_POSITIVE + 3;
  faded[alpha] = Math.round((faded[alpha] ?? 0) * 0.4);
  return faded;
});

interface Comparison {
  readonly reference: Labelmap;
  readonly labels: readonly number[];
  readonly result: Labelmap;
}

/** The last comparison of each prediction. */
const comparisons = new WeakMap<Labelmap, Comparison>();

/** The chosen pair's errors, or null while off, loading or not comparable. */
export function errorLabelmap(content: CaseContent, state: ViewerState): Labelmap | null {
  const chosen = state.errors;
  const pair = content.error_pairs.find((candidate) => candidate.key === chosen?.pair);
  if (!chosen || !pair) return null;
  const reference = labelmapOf(content, state, pair.reference);
  const prediction = labelmapOf(content, state, pair.prediction);
  if (!reference || !prediction) return null;
  const labels = errorRegion(content, pair.reference, chosen.region);
  const last = comparisons.get(prediction);
  if (last?.reference === reference && last.labels === labels) return last.result;
  const result = compareRegion(reference, prediction, labels);
  comparisons.set(prediction, { reference, labels, result });
  return result;
}

const NO_LABELS: readonly number[] = [];

function errorRegion(content: CaseContent, overlayKey: string, region: string): readonly number[] {
  const scheme = content.overlays.find(({ key }) => key === overlayKey)?.scheme;
  return scheme?.regions.find(({ key }) => key === region)?.labels ?? NO_LABELS;
}

/** Layers from back to front. */
export function layersOf(content: CaseContent, state: ViewerState): OverlayLayer[] {
  if (!state.overlaysOn || state.blinking) return [];
  if (state.errors) {
    const labelmap = errorLabelmap(content, state);
    if (!labelmap) return [];
    const palette = paletteOf(ERROR_SCHEME, labelmap, state.hiddenLabels);
    return [{ key: 'errors', labelmap, revision: 0, palette: fadedAgreement(palette) }];
  }
  return content.overlays.flatMap((overlay) => {
    const labelmap = state.shownOverlays.has(overlay.key) ? labelmapOf(content, state, overlay.key) : null;
    if (!labelmap) return [];
    const color = overlay.look?.color ?? (state.colorBy === 'overlay' ? overlayColor(content, overlay.key) : undefined);
    const palette = paletteOf(overlay.scheme, labelmap, state.hiddenLabels, color);
    const changes = changesOf(state, overlay);
    return [{ key: overlay.key, labelmap, revision: changes?.revision ?? 0, changes, palette, look: overlay.look }];
  });
}

function changesOf(state: ViewerState, overlay: CaseOverlay) {
  const file = state.files[overlay.url];
  return file?.status === 'labelmap' ? file.changes : undefined;
}

/** Layers of one slice: what is painted on others leaves its revision as it is. */
function layersOfSlice(content: CaseContent, state: ViewerState, axis: Axis, slice: number): OverlayLayer[] {
  return layersOf(content, state).map((layer) =>
    layer.changes ? { ...layer, revision: layer.changes.revisionOf(axis, slice) } : layer,
  );
}

export function windowOf(state: ViewerState, image: CaseImage, volume: Volume): IntensityWindow {
  return state.windows[image.url] ?? automaticWindow(volume);
}

/** A pane's picture, or null while there is nothing to draw. */
export function frameOf(content: CaseContent, state: ViewerState, pane: PaneSpec): SliceFrame | null {
  const { crosshair } = state;
  if (pane.slot.kind !== 'image' || !crosshair) return null;
  const image = shownImage(content, state, pane.slot.image);
  const volume = imageOrProblem(content, state, image);
  const geometry = geometryOf(content, state, pane.plane);
  if (!volume || typeof volume === 'string' || !geometry) return null;
  return {
    volume,
    geometry,
    slice: crosshair[geometry.slice.axis],
    window: windowOf(state, image, volume),
    view: viewOf(state, pane.plane),
    overlays: layersOfSlice(content, state, geometry.slice.axis, crosshair[geometry.slice.axis]),
    style: state.style,
    // Errors are thin rims: they need more ink than areas, and what agrees needs less (see its palette).
    opacity: state.errors ? Math.min(1, 2 * state.opacity) : state.opacity,
    crosshair_mm: state.crosshairShown ? voxelToPlane_mm(geometry, crosshair) : null,
  };
}

/** Where a reader looks first: the densest slices of the first shown overlay, else the middle. */
export function startVoxel(volume: Volume, densest: Vec3 | null): Vec3 {
  return densest ?? (volume.shape.map((length) => Math.floor(length / 2)) as unknown as Vec3);
}
