/** Rulers above a pane: those of its slice, with their length. */
import { type PlaneGeometry, voxelIndex } from './core/planes';
import { placeSlice, type Point, type Viewport } from './core/viewport';
import type { Vec3 } from './core/affine';
import { formatLength_mm } from './format';
import { rulerLength_mm } from './rulers';
import { geometryOf, type PaneSpec, referenceVolume } from './scene';
import type { Session } from './session';
import { viewOf } from './state';

const SVG = 'http://www.w3.org/2000/svg';
const COLOR = '#ffe28a';
const TICK_PX = 5;
const TEXT_GAP_PX = 8;

/** @returns a function that takes them away. */
export function attachRulers(element: HTMLElement, { store, content }: Session, pane: PaneSpec): () => void {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('data-pane-marks', 'rulers');
  svg.setAttribute('aria-hidden', 'true');
  element.append(svg);
  const draw = () => {
    const state = store.get();
    if (state.rulers.length === 0 && !state.rulerFrom && svg.childElementCount === 0) return;
    const geometry = geometryOf(content, state, pane.plane);
    const volume = referenceVolume(content, state);
    if (!geometry || !volume || !state.crosshair) return svg.replaceChildren();
    const viewport = placeSlice(geometry, [element.clientWidth, element.clientHeight], viewOf(state, pane.plane));
    const { axis } = geometry.slice;
    const place = (voxel: Vec3) => toScreen(geometry, viewport, voxel);
    const here = state.rulers.filter((ruler) => ruler.axis === axis && ruler.slice === state.crosshair?.[axis]);
    const begun = state.rulerFrom?.[axis] === state.crosshair[axis] ? [dot(place(state.rulerFrom))] : [];
    svg.replaceChildren(
      ...here.flatMap((ruler) => marks(place(ruler.from), place(ruler.to), formatLength_mm(rulerLength_mm(volume, ruler)))),
      ...begun,
    );
  };
  const unsubscribe = store.subscribe(draw);
  const observer = new ResizeObserver(draw);
  observer.observe(element);
  draw();
  return () => {
    unsubscribe();
    observer.disconnect();
    svg.remove();
  };
}

function toScreen({ column, row }: PlaneGeometry, { pixelsPerMm, origin_px }: Viewport, voxel: Vec3): Point {
  const along = (axis: PlaneGeometry['column'], origin: number) =>
    origin + (voxelIndex(axis, voxel[axis.axis]) + 0.5) * axis.spacing_mm * pixelsPerMm;
  return [along(column, origin_px[0]), along(row, origin_px[1])];
}

function marks(from: Point, to: Point, words: string): SVGElement[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const across: Point = [(-(to[1] - from[1]) / length) * TICK_PX, ((to[0] - from[0]) / length) * TICK_PX];
  const tick = ([x, y]: Point) => line([x - across[0], y - across[1]], [x + across[0], y + across[1]]);
  const text = document.createElementNS(SVG, 'text');
  const end = to[0] >= from[0] ? to : from;
  for (const [name, value] of Object.entries({ x: end[0] + TEXT_GAP_PX, y: end[1] + 4, fill: COLOR, 'font-size': 12 })) {
    text.setAttribute(name, String(value));
  }
  text.textContent = words;
  return [line(from, to), tick(from), tick(to), text];
}

function line(from: Point, to: Point): SVGElement {
  const element = document.createElementNS(SVG, 'line');
  const attributes = { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: COLOR, 'stroke-width': 1.5 };
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

function dot([x, y]: Point): SVGElement {
  const element = document.createElementNS(SVG, 'circle');
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 3, fill: COLOR })) element.setAttribute(name, String(value));
  return element;
}
