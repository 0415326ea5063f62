/** What a person can change in the 3-D view; kept while the case is open, whatever layout is chosen in between. */
import type { ViewerState } from '../state';
import { Store } from '../store';
import { type Camera, START, type Target } from './camera';

export interface ThreeDState {
  readonly camera: Camera;
  /** What was looked at last. */
  readonly target: Target | null;
  /** By label id, where a person has chosen one. */
  readonly opacities: Readonly<Record<string, number>>;
}

const states = new WeakMap<Store<ViewerState>, Store<ThreeDState>>();

export function threeDStateOf(viewer: Store<ViewerState>): Store<ThreeDState> {
  const known = states.get(viewer);
  if (known) return known;
  const state = new Store<ThreeDState>({ camera: START, target: null, opacities: {} });
  states.set(viewer, state);
  return state;
}
