/** Hatching over a drawn slice, where its rater is unsure. On any 2-D canvas, whatever has drawn the slice. */
import type { PlaneGeometry } from './core/planes';
import type { Viewport } from './core/viewport';
import { overlaySlice } from './overlaySlice';
import type { SliceFrame } from './renderer';

const GAP_PX = 6;
const LINE_PX = 1.3;
/** White on a dark rim: seen on every label and on bright and dark tissue. */
const LINES = [
  ['rgba(0, 0, 0, 0.6)', LINE_PX + 1.4],
  ['rgba(255, 255, 255, 0.92)', LINE_PX],
] as const;

/** @param pixelRatio device pixels per CSS pixel. */
export function drawHatching(
  context: CanvasRenderingContext2D,
  frame: SliceFrame,
  viewport: Viewport,
  pixelRatio: number,
): void {
  for (const layer of frame.overlays) {
    if (!layer.labelmap.marksUnsure) continue;
    drawRuns(context, overlaySlice(layer, frame).unsure, frame.geometry, viewport, pixelRatio);
  }
}

function drawRuns(
  context: CanvasRenderingContext2D,
  runs: readonly number[],
  { column, row }: PlaneGeometry,
  { pixelsPerMm, origin_px }: Viewport,
  pixelRatio: number,
): void {
  const pattern = runs.length > 0 ? context.createPattern(hatch(pixelRatio), 'repeat') : null;
  if (!pattern) return;
  const [width, height] = [column.spacing_mm * pixelsPerMm * pixelRatio, row.spacing_mm * pixelsPerMm * pixelRatio];
  const [left, top] = [origin_px[0] * pixelRatio, origin_px[1] * pixelRatio];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  for (let i = 0; i + 2 < runs.length; i += 3) {
    const [from = 0, to = 0, y = 0] = [runs[i], runs[i + 1], runs[i + 2]];
    context.rect(left + from * width, top + y * height, (to - from) * width, height);
  }
  context.globalAlpha = 1;
  context.fillStyle = pattern;
  context.fill();
}

const tiles = new Map<number, HTMLCanvasElement>();

/** One tile of diagonal lines; its size is whole device pixels, so that tiles meet. */
function hatch(pixelRatio: number): HTMLCanvasElement {
  const known = tiles.get(pixelRatio);
  if (known) return known;
  const size = Math.max(4, Math.round(GAP_PX * pixelRatio));
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw on a canvas.');
  for (const [color, width] of LINES) {
    context.strokeStyle = color;
    context.lineWidth = width * pixelRatio;
    context.beginPath();
    // The neighbours' lines cut this tile's corners.
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift - 2, size + 2);
      context.lineTo(shift + size + 2, -2);
    }
    context.stroke();
  }
  tiles.set(pixelRatio, canvas);
  return canvas;
}
