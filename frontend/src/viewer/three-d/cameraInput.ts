/** Pointer, wheel and keys of the 3-D view. */
import type { Store } from '../store';
import { type Camera, START, turned, turnedBy, zoomed } from './camera';
import type { ThreeDState } from './threeDState';

const STEP_DEG = 10;
const ZOOM_STEP = 1.2;

const KEYS: Readonly<Record<string, (camera: Camera) => Camera>> = {
  ArrowLeft: (camera) => turned(camera, STEP_DEG, 0),
  ArrowRight: (camera) => turned(camera, -STEP_DEG, 0),
  ArrowUp: (camera) => turned(camera, 0, -STEP_DEG),
  ArrowDown: (camera) => turned(camera, 0, STEP_DEG),
  '+': (camera) => zoomed(camera, ZOOM_STEP),
  '=': (camera) => zoomed(camera, ZOOM_STEP),
  '-': (camera) => zoomed(camera, 1 / ZOOM_STEP),
  Home: () => START,
  r: () => START,
};

/** @returns a function that detaches the listeners. */
export function attachCamera(element: HTMLElement, state: Store<ThreeDState>): () => void {
  const detach = new AbortController();
  const options = { signal: detach.signal };
  const change = (move: (camera: Camera) => Camera) => state.update((now) => ({ ...now, camera: move(now.camera) }));
  const pointers = new Map<number, readonly [number, number]>();

  element.addEventListener('pointerdown', (event) => {
    if (isControl(event)) return;
    element.focus();
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }, options);
  element.addEventListener('pointermove', (event) => {
    const from = pointers.get(event.pointerId);
    if (!from) return;
    const to = [event.clientX, event.clientY] as const;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, to);
    if (!other) return change((camera) => turnedBy(camera, [to[0] - from[0], to[1] - from[1]]));
    const distance = (point: readonly [number, number]) => Math.max(1, Math.hypot(point[0] - other[0], point[1] - other[1]));
    change((camera) => zoomed(camera, distance(to) / distance(from)));
  }, options);
  for (const ending of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
    element.addEventListener(ending, (event) => pointers.delete(event.pointerId), options);
  }
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    change((camera) => zoomed(camera, Math.exp(-event.deltaY / 500)));
  }, { ...options, passive: false });
  element.addEventListener('keydown', (event) => {
    const move = KEYS[event.key];
    if (!move || isControl(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // In this pane the viewer's keys for slices turn the labels.
    event.preventDefault();
    event.stopPropagation();
    change(move);
  }, options);
  return () => detach.abort();
}

/** Buttons and sliders over the picture have their own behaviour. */
function isControl(event: Event): boolean {
  return event.target instanceof Element && event.target.closest('[data-pane-control]') !== null;
}
