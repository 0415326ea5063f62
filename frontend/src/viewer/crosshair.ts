/** The crosshair over a drawn slice. */
import type { Point, Viewport } from './core/viewport';

const GAP_PX = 9;
const COLOR = 'rgba(126, 214, 255, 0.62)';

/**
 * @param position_mm from the slice's top left corner.
 * @param size_px of the pane, in CSS pixels.
 */
export function drawCrosshair(
  context: CanvasRenderingContext2D,
  position_mm: Point,
  { pixelsPerMm, origin_px }: Viewport,
  size_px: Point,
  pixelRatio: number,
): void {
  const [width, height] = size_px;
  // Half a pixel off, a line of one pixel is crisp.
  const x = Math.round(origin_px[0] + position_mm[0] * pixelsPerMm) + 0.5;
  const y = Math.round(origin_px[1] + position_mm[1] * pixelsPerMm) + 0.5;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.strokeStyle = COLOR;
  context.lineWidth = 1;
  context.beginPath();
  for (const [x0, y0, x1, y1] of [
    [0, y, x - GAP_PX, y],
    [x + GAP_PX, y, width, y],
    [x, 0, x, y - GAP_PX],
    [x, y + GAP_PX, x, height],
  ] as const) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}
