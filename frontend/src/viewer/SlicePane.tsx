import { Button, Progress } from '@mantine/core';
import { useEffect, useRef } from 'react';

import type { CaseImage } from './content';
import { formatBytes, formatIntensity } from './format';
import { attachPanePointer } from './panePointer';
import { attachRulers } from './paneRulers';
import type { SliceFrame } from './renderer';
import { frameOf, geometryOf, imageOrProblem, type PaneSpec, shownImage, windowOf } from './scene';
import { type Session, useSession, useViewer } from './session';
import { SliceRail } from './SliceRail';
import { slicePosition } from './state';
import { PaneRenderer } from './webglRenderer';
import classes from './SlicePane.module.css';

interface PaneProps {
  readonly pane: PaneSpec;
  readonly active: boolean;
}

export function SlicePane({ pane, active }: PaneProps) {
  if (pane.slot.kind === 'missing') return <MissingPane name={pane.slot.name} active={active} />;
  return <ImagePane pane={pane} image={pane.slot.image} active={active} />;
}

function MissingPane({ name, active }: { readonly name: string; readonly active: boolean }) {
  return (
    <div className={classes.pane} data-active={active}>
      <span className={classes.name}>{name}</span>
      <div className={classes.notice}>
        <strong>{name} is missing</strong>
        <span>The data set has no {name} image of this case.</span>
      </div>
    </div>
  );
}

const PLANE_NAMES = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' } as const;

function ImagePane({ pane, image, active }: PaneProps & { readonly image: CaseImage }) {
  const session = useSession();
  const paneRef = useRef<HTMLDivElement>(null);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvasRef.current ? drawInto(canvasRef.current, session, pane) : undefined), [session, pane]);
  useEffect(
    () => (paneRef.current ? attachPanePointer({ element: paneRef.current, session, pane }) : undefined),
    [session, pane],
  );
  useEffect(() => (paneRef.current ? attachRulers(paneRef.current, session, pane) : undefined), [session, pane]);
  const current = useViewer((state, content) => shownImage(content, state, image));
  const shown = useViewer((state, content) => imageOrProblem(content, state, shownImage(content, state, image)));
  const crosshair = useViewer((state) => state.crosshair);
  const panning = useViewer((state) => state.panning);
  const caseGeometry = useViewer((state, content) => geometryOf(content, state, pane.plane));
  const geometry = shown && typeof shown === 'object' ? caseGeometry : null;
  const position = geometry && crosshair ? slicePosition(crosshair, geometry) + 1 : 0;
  const count = geometry?.slice.length ?? 0;
  const planeName = PLANE_NAMES[pane.plane];
  return (
    <div
      ref={paneRef}
      className={classes.pane}
      data-active={active}
      data-panning={panning}
      data-slice-pane={pane.id}
      aria-label={`${image.name}, ${planeName.toLowerCase()} slice`}
      {...(geometry ? sliderProps(position, count) : { role: 'group' })}
      onFocus={() =>
        session.store.update((state) =>
          state.slot === pane.slotIndex && state.plane === pane.plane
            ? state
            : { ...state, slot: pane.slotIndex, plane: pane.plane },
        )
      }
    >
      <canvas ref={canvasRef} className={classes.canvas} aria-hidden />
      <span className={classes.name} data-flipped={current !== image}>
        {current.name}
      </span>
      {geometry ? (
        <>
          <EdgeLetters edges={geometry.edges} />
          <span className={classes.position}>
            {planeName} <b>{position}</b>/{count}
          </span>
          <WindowText image={current} />
          <SliceRail geometry={geometry} />
        </>
      ) : (
        <FileNotice image={current} problem={typeof shown === 'string' ? shown : null} />
      )}
    </div>
  );
}

/** A stack of slices is a slider; while there is none, the pane holds a message and perhaps a button. */
function sliderProps(position: number, count: number) {
  return {
    role: 'slider',
    tabIndex: 0,
    'aria-orientation': 'vertical',
    'aria-valuemin': 1,
    'aria-valuemax': count,
    'aria-valuenow': position,
    'aria-valuetext': `Slice ${position} of ${count}`,
  } as const;
}

function EdgeLetters({ edges }: { readonly edges: Readonly<Record<'left' | 'right' | 'top' | 'bottom', string>> }) {
  return (['left', 'right', 'top', 'bottom'] as const).map((edge) => (
    <span key={edge} className={classes.edge} data-edge={edge} aria-hidden>
      {edges[edge]}
    </span>
  ));
}

function WindowText({ image }: { readonly image: CaseImage }) {
  const window = useViewer((state, content) => {
    const volume = imageOrProblem(content, state, image);
    return volume && typeof volume === 'object' ? windowOf(state, image, volume) : null;
  });
  const zoom = useViewer((state) => state.zoom);
  if (!window) return null;
  return (
    <span className={classes.window}>
      {zoom !== 1 && <>{Math.round(zoom * 100)} % · </>}W {formatIntensity(window.width)} L {formatIntensity(window.level)}
    </span>
  );
}

function FileNotice({ image, problem }: { readonly image: CaseImage; readonly problem: string | null }) {
  const { loader } = useSession();
  const file = useViewer((state) => state.files[image.url]);
  if (problem) {
    return (
      <div className={classes.notice} role="alert">
        <strong>{image.name} cannot be shown</strong>
        <span>{problem}</span>
        {file?.status === 'failed' && (
          <Button data-pane-control size="xs" variant="default" onClick={() => loader.retry(image.url)}>
            Try again
          </Button>
        )}
      </div>
    );
  }
  if (file?.status !== 'loading') return <div className={classes.notice}>Preparing…</div>;
  const { loaded_bytes, total_bytes } = file;
  return (
    <div className={classes.notice}>
      <Progress
        aria-label={`Loading ${image.name}`}
        className={classes.progress}
        size="xs"
        value={total_bytes ? (100 * loaded_bytes) / total_bytes : 100}
        animated={!total_bytes}
      />
      <span>
        {formatBytes(loaded_bytes)}
        {total_bytes ? ` of ${formatBytes(total_bytes)}` : ''}
      </span>
    </div>
  );
}

/** Draws on the next frame after a change, and only if the picture differs. */
function drawInto(canvas: HTMLCanvasElement, { store, content }: Session, pane: PaneSpec): () => void {
  const renderer = new PaneRenderer(canvas, () => {
    drawn = null;
    schedule();
  });
  let request = 0;
  let drawn: SliceFrame | null = null;
  const draw = () => {
    request = 0;
    const frame = frameOf(content, store.get(), pane);
    if (!frame) renderer.clear();
    else if (!drawn || !sameFrame(drawn, frame)) renderer.draw(frame);
    drawn = frame;
  };
  const schedule = () => {
    request ||= requestAnimationFrame(draw);
  };
  const observer = new ResizeObserver(() => {
    renderer.resize(canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio);
    drawn = null;
    // Resizing emptied the canvas: draw before the browser paints.
    draw();
  });
  observer.observe(canvas);
  const unsubscribe = store.subscribe(schedule);
  return () => {
    cancelAnimationFrame(request);
    observer.disconnect();
    unsubscribe();
    renderer.dispose();
  };
}

function sameFrame(a: SliceFrame, b: SliceFrame): boolean {
  return (
    a.volume === b.volume &&
    a.geometry === b.geometry &&
    a.slice === b.slice &&
    a.window === b.window &&
    a.view.zoom === b.view.zoom &&
    samePoint(a.view.pan_mm, b.view.pan_mm) &&
    a.style === b.style &&
    a.opacity === b.opacity &&
    samePoint(a.crosshair_mm, b.crosshair_mm) &&
    a.overlays.length === b.overlays.length &&
    a.overlays.every((layer, i) => {
      const other = b.overlays[i];
      return (
        layer.labelmap === other?.labelmap && layer.revision === other.revision && layer.palette === other.palette
      );
    })
  );
}

function samePoint(a: readonly [number, number] | null, b: readonly [number, number] | null): boolean {
  return a === b || (a?.[0] === b?.[0] && a?.[1] === b?.[1]);
}
