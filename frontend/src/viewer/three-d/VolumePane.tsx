import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';

import { useSession } from '../session';
import { useStore } from '../store';
import { attachCamera } from './cameraInput';
import { Compass } from './Compass';
import { Legend } from './Legend';
import { ScaleBar } from './ScaleBar';
import { Silhouettes } from './Silhouettes';
import { threeDStateOf } from './threeDState';
import { useLabelPicture } from './useLabelPicture';
import { type ThreeDScene, useSteadyTarget, useThreeDScene } from './useThreeDScene';
import paneClasses from '../SlicePane.module.css';
import classes from './VolumePane.module.css';

/** The shown labels as surfaces; drag, wheel and arrows turn them. */
export function VolumePane() {
  const { store } = useSession();
  const threeD = threeDStateOf(store);
  const camera = useStore(threeD, (state) => state.camera);
  const scene = useThreeDScene();
  const target = useSteadyTarget(scene.target);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const paneRef = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width, height } = useElementSize();
  const size_px = useMemo(() => [width, height] as const, [width, height]);
  const picture = useMemo(
    () => (target ? { surfaces: scene.surfaces, camera, target } : null),
    [scene.surfaces, camera, target],
  );
  const state = useLabelPicture(canvasRef, picture, size_px);
  useEffect(() => (paneRef.current ? attachCamera(paneRef.current, threeD) : undefined), [threeD]);
  useEffect(() => {
    const pane = paneRef.current;
    const toggle = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('[data-pane-control]')) return;
      store.update((now) => ({ ...now, layout: now.layout === '3d' ? 'planes-3d' : '3d' }));
    };
    pane?.addEventListener('dblclick', toggle);
    return () => pane?.removeEventListener('dblclick', toggle);
  }, [store]);
  return (
    <div
      ref={paneRef}
      className={`${paneClasses.pane} ${classes.pane}`}
      data-volume-pane={state}
      data-made={scene.maker.made}
      role="application"
      tabIndex={-1}
      aria-label="Labels in 3D: arrow keys turn, plus and minus zoom, Home resets"
    >
      <div ref={sizeRef} className={classes.stage}>
        <canvas ref={canvasRef} className={paneClasses.canvas} aria-hidden data-hidden={state !== 'drawn'} />
      </div>
      <span className={paneClasses.name}>3D</span>
      {state === 'drawn' ? (
        <>
          {picture && <Compass camera={camera} onTurn={(next) => threeD.update((now) => ({ ...now, camera: next }))} />}
          {target && <ScaleBar camera={camera} target={target} size_px={size_px} />}
          <Status scene={scene} />
        </>
      ) : (
        <Silhouettes reason={state} />
      )}
      <Legend labels={scene.labels} hasOpacity={state === 'drawn'} />
    </div>
  );
}

function Status({ scene: { maker, surfaces, labels, coarseness } }: { readonly scene: ThreeDScene }) {
  if (maker.problem) {
    return (
      <div className={paneClasses.notice} role="alert">
        <strong>The surfaces could not be made</strong>
        <span>{maker.problem}</span>
      </div>
    );
  }
  if (maker.progress !== null) {
    return (
      <div className={classes.progress} role="status">
        <span>{maker.made === 0 ? 'Making surfaces' : 'Updating'}</span>
        <progress value={maker.progress} aria-label="Surfaces" />
      </div>
    );
  }
  if (surfaces.length === 0) {
    return <div className={paneClasses.notice}>{labels.length === 0 ? 'No label is shown yet.' : 'All labels are hidden.'}</div>;
  }
  if (coarseness === 1) return null;
  return <span className={classes.note}>Drawn from every {coarseness} voxels taken together</span>;
}
