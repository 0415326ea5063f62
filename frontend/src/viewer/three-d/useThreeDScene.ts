/** The 3-D view's surfaces, kept in step with the shown labelmaps. */
import { useEffect, useMemo, useState } from 'react';

import type { OverlayLayer } from '../renderer';
import { layersOf } from '../scene';
import { useSession, useViewer } from '../session';
import { useStore } from '../store';
import { START, type Target, targetAround } from './camera';
import { type Scene, sceneOf } from './labelLook';
import { type MakerState, SurfaceMaker } from './surfaceMaker';
import { SurfaceWorker } from './surfacesInWorker';
import { threeDStateOf } from './threeDState';

export interface ThreeDScene extends Scene {
  /** Null while there is nothing to look at. */
  readonly target: Target | null;
  readonly maker: MakerState;
  /** Voxels taken together along the axis where most were. */
  readonly coarseness: number;
}

/** What `layersOf` depends on, so that panning and scrolling make nothing anew. */
function useLayers(): readonly OverlayLayer[] {
  const { content, store } = useSession();
  const files = useViewer((state) => state.files);
  const shown = useViewer((state) => state.shownOverlays);
  const hidden = useViewer((state) => state.hiddenLabels);
  const overlaysOn = useViewer((state) => state.overlaysOn);
  const blinking = useViewer((state) => state.blinking);
  const colorBy = useViewer((state) => state.colorBy);
  const errors = useViewer((state) => state.errors);
  const edits = useViewer((state) => state.edits);
  return useMemo(
    () => layersOf(content, store.get()),
    // The state is read whole; these are the parts of it that count.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [content, store, files, shown, hidden, overlaysOn, blinking, colorBy, errors, edits],
  );
}

export function useThreeDScene(): ThreeDScene {
  const { content, store } = useSession();
  const layers = useLayers();
  const [maker] = useState(() => new SurfaceMaker(new SurfaceWorker()));
  useEffect(() => () => maker.dispose(), [maker]);
  useEffect(() => maker.want(layers), [maker, layers]);
  const state = useStore(maker.state, (all) => all);
  const opacities = useStore(threeDStateOf(store), (all) => all.opacities);
  return useMemo(() => {
    const surfacesOf = (layer: OverlayLayer) => maker.surfacesOf(layer.labelmap);
    const scene = sceneOf(content, layers, surfacesOf, opacities);
    const target = targetAround(layers.flatMap((layer) => surfacesOf(layer)?.surfaces.map(({ positions }) => positions) ?? []));
    const coarseness = Math.max(1, ...layers.flatMap((layer) => surfacesOf(layer)?.coarseness ?? []));
    return { ...scene, target, maker: state, coarseness };
  }, [content, layers, maker, opacities, state]);
}

/** The target stays where it is once the person has turned or zoomed: an edit must not make the picture jump. */
export function useSteadyTarget(target: Target | null): Target | null {
  const { store } = useSession();
  const threeD = threeDStateOf(store);
  const { camera, target: held } = useStore(threeD, (state) => state);
  const steady = camera === START ? target : (held ?? target);
  useEffect(() => {
    if (steady) threeD.update((state) => (state.target === steady ? state : { ...state, target: steady }));
  }, [threeD, steady]);
  return steady;
}
