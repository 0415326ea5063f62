/** Pointer and wheel on a pane, as native events: React's wheel listeners cannot prevent the page's own zoom. */
import type { Vec3 } from './core/affine';
import { type PlaneGeometry, planeToVoxel } from './core/planes';
import { panBy, placeSlice, type Point, screenToPlane_mm, wheelSteps, zoomAround } from './core/viewport';
import type { Volume } from './core/volume';
import { dragWindow } from './core/window';
import type { CaseImage } from './content';
import type { PaneSlice } from './editor';
import { PaneEditing } from './paneEditing';
import { beginRuler, drawRuler, endRuler } from './rulers';
import { automaticWindow, geometryOf, imageOrProblem, type PaneSpec, shownImage, windowOf } from './scene';
import type { Session } from './session';
import { moveTo, stepSlices, viewOf, type ViewerState, withView } from './state';

type Drag = 'crosshair' | 'window' | 'pan' | 'edit' | 'ruler';

interface PaneTarget {
  readonly session: Session;
  readonly pane: PaneSpec;
  readonly element: HTMLElement;
}

const LINE_PX = 40;
/** A notch of a mouse wheel with Ctrl is one comfortable step of zoom, a pinch many small ones. */
const MAX_ZOOM_DELTA = 25;

/** @returns a function that detaches everything. */
export function attachPanePointer(target: PaneTarget): () => void {
  const { element } = target;
  const pointers = new Map<number, Point>();
  let drag: Drag | null = null;
  let wheelRest_px = 0;
  const { editor } = target.session;
  const editing =
    editor && new PaneEditing({ element, session: target.session, editor, slice: () => editedSlice(target) });

  const down = (event: PointerEvent) => {
    if (isControl(event)) return;
    if (event.button === 1) event.preventDefault();
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    pointers.set(event.pointerId, pointOf(element, event));
    activate(target);
    if (pointers.size > 1) editing?.cancel();
    drag = dragOf(event, target.session.store.get());
    if (pointers.size > 1) return;
    if (drag === 'ruler') return startRuler(target, pointOf(element, event));
    if (drag !== 'crosshair') return;
    // Where a tool cannot draw it says why; the crosshair is not moved instead.
    if (!event.ctrlKey && (editing?.begin(event, pointOf(element, event)) || editor?.cursor())) drag = 'edit';
    else moveCrosshair(target, pointOf(element, event));
  };

  const move = (event: PointerEvent) => {
    const point = pointOf(element, event);
    const previous = pointers.get(event.pointerId);
    if (editing?.isDragging) editing.move(event, point);
    else if (isControl(event)) editing?.leave();
    else editing?.hover(event, point);
    if (!previous) return hover(target, isControl(event) ? null : point);
    if (pointers.size === 2) pinch(target, pointers, event.pointerId, point);
    else if (drag && drag !== 'edit') dragTo(target, drag, previous, point);
    pointers.set(event.pointerId, point);
  };

  const up = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    editing?.end();
    if (drag === 'ruler') stopRuler(target);
    // The finger that stays after a pinch must not carry the crosshair along.
    drag = null;
  };

  const leave = () => {
    hover(target, null);
    if (!editing?.isDragging) editing?.leave();
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const delta_px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE_PX;
    if (event.ctrlKey || event.metaKey) {
      const factor = Math.exp(-Math.max(-MAX_ZOOM_DELTA, Math.min(MAX_ZOOM_DELTA, delta_px)) / 100);
      return zoom(target, factor, pointOf(element, event));
    }
    const { steps, rest_px } = wheelSteps(wheelRest_px, delta_px);
    wheelRest_px = rest_px;
    if (steps !== 0) scroll(target, -steps);
  };

  const noMenu = (event: Event) => event.preventDefault();
  const toggleSingle = (event: MouseEvent) => {
    // Two quick dabs of a brush are no double click.
    if (!isControl(event) && !editor?.cursor()) toggleLayout(target);
  };

  const detach = new AbortController();
  const options = { passive: false, signal: detach.signal };
  element.addEventListener('pointerdown', down, options);
  element.addEventListener('pointermove', move, options);
  element.addEventListener('pointerup', up, options);
  element.addEventListener('pointercancel', up, options);
  element.addEventListener('pointerleave', leave, options);
  element.addEventListener('wheel', wheel, options);
  element.addEventListener('contextmenu', noMenu, options);
  element.addEventListener('dblclick', toggleSingle, options);
  return () => {
    detach.abort();
    editing?.dispose();
  };
}

/** Buttons and the slice rail inside a pane have their own behaviour. */
function isControl(event: Event): boolean {
  return event.target instanceof Element && event.target.closest('[data-pane-control]') !== null;
}

function pointOf(element: HTMLElement, event: MouseEvent): Point {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function dragOf(event: PointerEvent, state: ViewerState): Drag {
  if (event.button === 1 || state.panning) return 'pan';
  if (event.button === 2 || event.shiftKey) return 'window';
  return state.measuring && !event.ctrlKey ? 'ruler' : 'crosshair';
}

interface Loaded {
  readonly image: CaseImage;
  readonly volume: Volume;
  readonly geometry: PlaneGeometry;
}

function loadedImage({ session, pane }: PaneTarget): Loaded | null {
  if (pane.slot.kind !== 'image') return null;
  const state = session.store.get();
  const image = shownImage(session.content, state, pane.slot.image);
  const volume = imageOrProblem(session.content, state, image);
  const geometry = geometryOf(session.content, state, pane.plane);
  return volume && typeof volume === 'object' && geometry ? { image, volume, geometry } : null;
}

function editedSlice(target: PaneTarget): PaneSlice | null {
  const loaded = loadedImage(target);
  const { crosshair } = target.session.store.get();
  if (!loaded || !crosshair) return null;
  const { geometry, volume } = loaded;
  return { geometry, slice: crosshair[geometry.slice.axis], image: volume };
}

function sizeOf(element: HTMLElement): Point {
  return [element.clientWidth, element.clientHeight];
}

/** Where a point of the pane lies in its slice. */
function sliceUnder(target: PaneTarget, point: Point) {
  const loaded = loadedImage(target);
  const state = target.session.store.get();
  if (!loaded || !state.crosshair) return null;
  const { geometry } = loaded;
  const viewport = placeSlice(geometry, sizeOf(target.element), viewOf(state, target.pane.plane));
  return { geometry, slice: state.crosshair[geometry.slice.axis], position_mm: screenToPlane_mm(viewport, point) };
}

function voxelUnder(target: PaneTarget, point: Point): Vec3 | null {
  const at = sliceUnder(target, point);
  return at && planeToVoxel(at.geometry, at.position_mm, at.slice);
}

function activate({ session, pane }: PaneTarget): void {
  session.store.update((state) =>
    state.slot === pane.slotIndex && state.plane === pane.plane
      ? state
      : { ...state, slot: pane.slotIndex, plane: pane.plane },
  );
}

function hover(target: PaneTarget, point: Point | null): void {
  const voxel = point && voxelUnder(target, point);
  const shape = loadedImage(target)?.volume.shape;
  const inside = voxel && shape && voxel.every((index, axis) => index >= 0 && index < (shape[axis] ?? 0));
  const next = inside ? voxel : null;
  target.session.store.update((state) => {
    const same = next ? next.every((index, axis) => index === state.hover?.[axis]) : state.hover === null;
    return same ? state : { ...state, hover: next };
  });
}

function moveCrosshair(target: PaneTarget, point: Point): void {
  const voxel = voxelUnder(target, point);
  const loaded = loadedImage(target);
  if (!voxel || !loaded) return;
  target.session.store.update((state) => ({ ...moveTo(state, loaded.volume.shape, voxel), hover: null }));
}

function dragTo(target: PaneTarget, drag: Exclude<Drag, 'edit'>, from: Point, to: Point): void {
  const delta: Point = [to[0] - from[0], to[1] - from[1]];
  switch (drag) {
    case 'crosshair':
      return moveCrosshair(target, to);
    case 'window':
      return changeWindow(target, delta);
    case 'pan':
      return pan(target, delta);
    case 'ruler':
      return pullRuler(target, to);
  }
}

function startRuler(target: PaneTarget, point: Point): void {
  const at = sliceUnder(target, point);
  if (at) target.session.store.update((state) => beginRuler(state, at.geometry, at.slice, at.position_mm));
}

function pullRuler(target: PaneTarget, point: Point): void {
  const at = sliceUnder(target, point);
  if (at) target.session.store.update((state) => drawRuler(state, at.geometry, at.position_mm));
}

function stopRuler(target: PaneTarget): void {
  const loaded = loadedImage(target);
  if (!loaded) return;
  target.session.store.update((state) => endRuler(state, loaded.volume));
}

function changeWindow(target: PaneTarget, delta: Point): void {
  const loaded = loadedImage(target);
  if (!loaded) return;
  const { image, volume } = loaded;
  target.session.store.update((state) => ({
    ...state,
    windows: {
      ...state.windows,
      [image.url]: dragWindow(windowOf(state, image, volume), automaticWindow(volume), delta),
    },
  }));
}

function pan(target: PaneTarget, delta: Point): void {
  const loaded = loadedImage(target);
  if (!loaded) return;
  const { plane } = target.pane;
  const { geometry } = loaded;
  target.session.store.update((state) => {
    const view = viewOf(state, plane);
    const { pixelsPerMm } = placeSlice(geometry, sizeOf(target.element), view);
    return withView(state, plane, panBy(view, delta, pixelsPerMm));
  });
}

function zoom(target: PaneTarget, factor: number, anchor: Point): void {
  const loaded = loadedImage(target);
  if (!loaded) return;
  const { plane } = target.pane;
  const { geometry } = loaded;
  target.session.store.update((state) =>
    withView(state, plane, zoomAround(viewOf(state, plane), factor, geometry, sizeOf(target.element), anchor)),
  );
}

function scroll(target: PaneTarget, steps: number): void {
  const loaded = loadedImage(target);
  if (!loaded) return;
  const { geometry, volume } = loaded;
  const { axis } = geometry.slice;
  target.session.store.update((state) => {
    const next = stepSlices(state, volume.shape, geometry, steps);
    if (!next.hover || !next.crosshair) return next;
    // The pointer rests, the slice under it changes.
    const hover: [number, number, number] = [...next.hover];
    hover[axis] = next.crosshair[axis];
    return { ...next, hover };
  });
}

/** Two fingers: their distance zooms, their middle pans. */
function pinch(target: PaneTarget, pointers: ReadonlyMap<number, Point>, moved: number, to: Point): void {
  const from = pointers.get(moved);
  const other = [...pointers].find(([id]) => id !== moved)?.[1];
  if (!from || !other) return;
  const distance = (a: Point, b: Point) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
  zoom(target, distance(to, other) / distance(from, other), [(to[0] + other[0]) / 2, (to[1] + other[1]) / 2]);
  pan(target, [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2]);
}

function toggleLayout({ session }: PaneTarget): void {
  session.store.update((state) => ({ ...state, layout: state.layout === 'single' ? 'sequences' : 'single' }));
}
