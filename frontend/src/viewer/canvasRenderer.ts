/** Slices on a 2-D canvas: works without a GPU. A pixel buffer is painted only when its slice or colours change. */
import { planeSize_mm, type PlaneGeometry } from './core/planes';
import { extractLabelSlice, outlineLabels, paintImageSlice, paintLabelSlice, type Palette, type Rows } from './core/slices';
import { labelBits } from './core/unsure';
import { placeSlice, type Point, type Viewport } from './core/viewport';
import { drawCrosshair } from './crosshair';
import { context2d, gpuIsEmulated } from './gpu';
import { drawHatching } from './hatching';
import { fillOpacity, layerStyle, OUTLINE_PX, outlineOpacity, type OverlayLayer, type SliceFrame, type SliceRenderer, smoothsImage } from './renderer';
import { DrawnFrame, type PixelBox } from './repaint';

/** How far a label's outline reaches beyond its voxels, in CSS pixels. */
const RIM_PX = 2 * OUTLINE_PX;

interface Buffer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  image: ImageData;
}

interface CachedImage {
  readonly buffer: Buffer;
  frame: Pick<SliceFrame, 'volume' | 'slice' | 'window'> & { plane: string };
}

interface CachedOverlay {
  readonly layer: OverlayLayer;
  readonly plane: string;
  readonly slice: number;
  readonly labels: Uint8Array;
  /** Pixels, taken over from the slice before. */
  fill?: Buffer;
  /** Rows of them that are not yet this slice's. */
  unpainted: Rows;
  outlines?: readonly (readonly [string, Path2D])[];
}

export class CanvasSliceRenderer implements SliceRenderer {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private size_px: Point = [0, 0];
  private pixelRatio = 1;
  private image: CachedImage | null = null;
  private overlays = new Map<string, CachedOverlay>();
  /** What the canvas shows, as far as it was drawn here. */
  private drawn: DrawnFrame | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = context2d(canvas, gpuIsEmulated());
  }

  resize(width_px: number, height_px: number, pixelRatio: number): void {
    this.size_px = [width_px, height_px];
    this.pixelRatio = pixelRatio;
    this.canvas.width = Math.max(1, Math.round(width_px * pixelRatio));
    this.canvas.height = Math.max(1, Math.round(height_px * pixelRatio));
    this.forget();
  }

  clear(): void {
    this.forget();
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Somebody else has drawn on the canvas. */
  forget(): void {
    this.drawn = null;
  }

  draw(frame: SliceFrame): void {
    const viewport = placeSlice(frame.geometry, this.size_px, frame.view);
    const painted = this.drawn?.paintedSince(frame);
    this.drawn = new DrawnFrame(frame);
    this.context.save();
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    // Where only a brush went, only its surroundings are drawn: scaling the whole image is what costs.
    if (painted) this.clipTo(painted, frame.geometry, viewport);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.drawLayers(frame, viewport, painted ?? null);
    this.context.restore();
  }

  private clipTo({ left, top, width, height }: PixelBox, { column, row }: PlaneGeometry, viewport: Viewport): void {
    const ratio = this.pixelRatio;
    const scale = viewport.pixelsPerMm * ratio;
    const rim = RIM_PX * ratio;
    // Whole device pixels: a softened edge would stay to be seen.
    const x0 = Math.floor(viewport.origin_px[0] * ratio + left * column.spacing_mm * scale - rim);
    const y0 = Math.floor(viewport.origin_px[1] * ratio + top * row.spacing_mm * scale - rim);
    const x1 = Math.ceil(viewport.origin_px[0] * ratio + (left + width) * column.spacing_mm * scale + rim);
    const y1 = Math.ceil(viewport.origin_px[1] * ratio + (top + height) * row.spacing_mm * scale + rim);
    this.context.beginPath();
    this.context.rect(x0, y0, x1 - x0, y1 - y0);
    this.context.clip();
  }

  private drawLayers(frame: SliceFrame, viewport: Viewport, painted: PixelBox | null): void {
    this.useMillimetres(viewport);
    this.drawImage(frame, viewport);
    const cached = frame.overlays.map((layer) => this.cachedOverlay(frame, layer, painted));
    this.overlays = new Map(cached.map((overlay) => [overlay.layer.key, overlay]));
    for (const overlay of cached) {
      if (layerStyle(frame, overlay.layer) === 'fill') this.drawFill(frame, overlay);
      else this.drawOutlines(frame, overlay, viewport);
    }
    this.context.globalAlpha = 1;
    drawHatching(this.context, frame, viewport, this.pixelRatio);
    if (frame.crosshair_mm) drawCrosshair(this.context, frame.crosshair_mm, viewport, this.size_px, this.pixelRatio);
  }

  /** From here on, the canvas's unit is a millimetre of the slice. */
  private useMillimetres({ pixelsPerMm, origin_px }: Viewport): void {
    const ratio = this.pixelRatio;
    const scale = pixelsPerMm * ratio;
    this.context.setTransform(scale, 0, 0, scale, origin_px[0] * ratio, origin_px[1] * ratio);
  }

  private drawImage(frame: SliceFrame, viewport: Viewport): void {
    const { geometry } = frame;
    const { canvas } = this.paintedImage(frame);
    this.context.globalAlpha = 1;
    this.context.imageSmoothingEnabled = smoothsImage(geometry, viewport);
    this.context.imageSmoothingQuality = gpuIsEmulated() ? 'low' : 'high';
    this.context.drawImage(canvas, 0, 0, ...planeSize_mm(geometry));
  }

  private paintedImage(frame: SliceFrame): Buffer {
    const { volume, geometry, slice, window } = frame;
    const wanted = { volume, slice, window, plane: geometry.plane };
    const cached = this.image;
    if (cached && sameFields(cached.frame, wanted)) return cached.buffer;
    const buffer = fitBuffer(cached?.buffer, geometry);
    paintImageSlice(volume, geometry, slice, window, buffer.image.data);
    buffer.context.putImageData(buffer.image, 0, 0);
    this.image = { buffer, frame: wanted };
    return buffer;
  }

  private cachedOverlay(frame: SliceFrame, layer: OverlayLayer, changed: PixelBox | null): CachedOverlay {
    const { geometry, slice } = frame;
    const cached = this.overlays.get(layer.key);
    const { plane } = geometry;
    if (cached && cached.plane === plane && cached.slice === slice && sameFields(cached.layer, layer)) return cached;
    if (cached && changed) {
      const rows: Rows = [changed.top, changed.top + changed.height];
      const labels = extractLabelSlice(layer.labelmap, geometry, slice, cached.labels, rows);
      return { layer, plane, slice, labels, fill: cached.fill, unpainted: joinRows(cached.unpainted, rows) };
    }
    const labels = extractLabelSlice(layer.labelmap, geometry, slice);
    return { layer, plane, slice, labels, fill: cached?.fill, unpainted: [0, geometry.row.length] };
  }

  private drawFill(frame: SliceFrame, overlay: CachedOverlay): void {
    const fill = fitBuffer(overlay.fill, frame.geometry);
    const { length: width } = frame.geometry.column;
    const [from, to] = fill === overlay.fill ? overlay.unpainted : [0, frame.geometry.row.length];
    if (from < to) {
      paintLabelSlice(overlay.labels, overlay.layer.palette, fill.image.data, from * width, to * width);
      fill.context.putImageData(fill.image, 0, 0, 0, from, width, to - from);
      overlay.fill = fill;
      overlay.unpainted = NO_ROWS;
    }
    this.context.globalAlpha = fillOpacity(frame, overlay.layer);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(fill.canvas, 0, 0, ...planeSize_mm(frame.geometry));
  }

  private drawOutlines(frame: SliceFrame, overlay: CachedOverlay, { pixelsPerMm }: Viewport): void {
    overlay.outlines ??= makeOutlines(overlay, frame.geometry);
    this.context.globalAlpha = outlineOpacity(frame, overlay.layer);
    this.context.lineWidth = OUTLINE_PX / pixelsPerMm;
    this.context.lineCap = 'square';
    for (const [color, path] of overlay.outlines) {
      this.context.strokeStyle = color;
      this.context.stroke(path);
    }
  }
}

const NO_ROWS: Rows = [0, 0];

function joinRows(a: Rows, b: Rows): Rows {
  if (a[0] >= a[1]) return b;
  return b[0] >= b[1] ? a : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** A pixel buffer of the slice's size, reused where it fits. */
function fitBuffer(buffer: Buffer | undefined, { column, row }: PlaneGeometry): Buffer {
  if (buffer?.canvas.width === column.length && buffer.canvas.height === row.length) return buffer;
  const canvas = document.createElement('canvas');
  canvas.width = column.length;
  canvas.height = row.length;
  const context = context2d(canvas, true);
  return { canvas, context, image: context.createImageData(column.length, row.length) };
}

function makeOutlines({ labels, layer }: CachedOverlay, { column, row }: PlaneGeometry): [string, Path2D][] {
  const [sx, sy] = [column.spacing_mm, row.spacing_mm];
  // A mark of confidence is no border.
  const bits = labelBits(layer.labelmap);
  const plain = bits === 0xff ? labels : labels.map((voxel) => voxel & bits);
  const outlines = [...outlineLabels(plain, column.length, row.length)].sort(([a], [b]) => a - b);
  return outlines
    .filter(([label]) => (layer.palette[4 * label + 3] ?? 0) > 0)
    .map(([label, segments]) => {
      const path = new Path2D();
      for (let i = 0; i + 3 < segments.length; i += 4) {
        path.moveTo((segments[i] ?? 0) * sx, (segments[i + 1] ?? 0) * sy);
        path.lineTo((segments[i + 2] ?? 0) * sx, (segments[i + 3] ?? 0) * sy);
      }
      return [cssColor(layer.palette, label), path];
    });
}

function cssColor(palette: Palette, label: number): string {
  const [r, g, b] = palette.subarray(4 * label, 4 * label + 3);
  return `rgb(${r ?? 0} ${g ?? 0} ${b ?? 0})`;
}

function sameFields<T extends object>(a: T, b: T): boolean {
  return (Object.keys(b) as (keyof T)[]).every((key) => Object.is(a[key], b[key]));
}
