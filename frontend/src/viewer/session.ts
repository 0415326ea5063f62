/** One opened case: its content, what the person changed, and the files on their way. */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';

import { type CaseContent, withSubtraction } from './content';
import type { PaneEditor } from './editor';
import { decodeInWorkers } from './decodeInWorkers';
import { FileLoader, type FileRequest } from './loader';
import { labelmapOf, referenceVolume, startVoxel, statisticsOf } from './scene';
import { initialState, setFile, type ViewerState } from './state';
import { Store, useStore } from './store';
import type { Vec3 } from './core/affine';
import { densestVoxel } from './core/labels';
import { clampVoxel } from './core/volume';

export interface Session {
  readonly content: CaseContent;
  readonly store: Store<ViewerState>;
  readonly loader: FileLoader;
  /** Null where nothing is edited. */
  readonly editor: PaneEditor | null;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('This part of the viewer must lie inside CaseViewer.');
  return session;
}

/** Part of the state; `select` must return a primitive or a stored reference. */
export function useViewer<S>(select: (state: ViewerState, content: CaseContent) => S): S {
  const { store, content } = useSession();
  return useStore(store, (state) => select(state, content));
}

/**
 * A session whose identity changes only when the content does, however often the page renders.
 *
 * @param opensAt voxel at which the panes meet at first; without it where there is most to see.
 */
export function useNewSession(props: CaseContent, editor: PaneEditor | null = null, opensAt: Vec3 | null = null): Session {
  const written = JSON.stringify(props);
  const content = useMemo(() => withSubtraction(JSON.parse(written) as CaseContent), [written]);
  const [{ store, loader }] = useState(() => open(content, opensAt));

  useEffect(() => {
    store.update((state) => adopt(state, content));
    const settle = () => store.update((state) => settleCrosshair(content, state));
    const unsubscribe = store.subscribe(settle);
    settle();
    loader.sync(requestsOf(content));
    return unsubscribe;
  }, [content, store, loader]);

  useEffect(() => () => loader.dispose(), [loader]);

  return useMemo(() => ({ content, store, loader, editor }), [content, store, loader, editor]);
}

function open(content: CaseContent, opensAt: Vec3 | null): Pick<Session, 'store' | 'loader'> {
  const store = new Store<ViewerState>({ ...initialState(content), wanted: opensAt });
  const loader = new FileLoader((url, file) => store.update((state) => setFile(state, url, file)), decodeInWorkers);
  return { store, loader };
}

function requestsOf(content: CaseContent): FileRequest[] {
  return [
    ...content.images.filter(({ difference }) => !difference).map(({ url, name }) => ({ url, name, kind: 'image' }) as const),
    ...content.overlays
      .filter(({ edited }) => !edited)
      .map(({ url, name }) => ({ url, name, kind: 'labelmap' }) as const),
  ];
}

/** Content that changed: overlays that came show as they ask for, and the chosen slot still exists. */
function adopt(state: ViewerState, content: CaseContent): ViewerState {
  const known = new Set(state.knownOverlays);
  const fresh = content.overlays.filter(({ key }) => !known.has(key));
  const slots = content.images.length + content.missing.length;
  if (fresh.length === 0 && state.slot < slots) return state;
  return {
    ...state,
    slot: Math.min(state.slot, Math.max(0, slots - 1)),
    knownOverlays: [...state.knownOverlays, ...fresh.map(({ key }) => key)],
    shownOverlays: new Set([...state.shownOverlays, ...fresh.filter((o) => o.default_visible).map((o) => o.key)]),
  };
}

/** Until the person moves, or anybody paints, the panes meet where the first shown overlay has most to show. */
function settleCrosshair(content: CaseContent, state: ViewerState): ViewerState {
  if (state.moved || (state.edits > 0 && state.crosshair)) return state;
  const volume = referenceVolume(content, state);
  if (!volume) return state;
  const shown = content.overlays.find(({ key }) => state.shownOverlays.has(key) && labelmapOf(content, state, key));
  const labelmap = shown ? labelmapOf(content, state, shown.key) : null;
  if (state.wanted) return { ...state, crosshair: clampVoxel(volume.shape, state.wanted), moved: true };
  const voxel = startVoxel(volume, labelmap && densestVoxel(statisticsOf(labelmap)));
  if (state.crosshair && voxel.every((index, axis) => index === state.crosshair?.[axis])) return state;
  return { ...state, crosshair: voxel };
}
