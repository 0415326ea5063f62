/** Slices on a 2-D canvas: works without a GPU. A pixel buffer is painted only when its slice or colours change. */
import { planeSize_mm, type PlaneGeometry } from './core/planes';
import { extractLabelSlice, outlineLabels, paintImageSlice, paintLabelSlice, type Palette } from './core/slices';
import { placeSlice, type Point, type Viewport } from './core/viewport';
import type { OverlayLayer, SliceFrame, SliceRenderer } from './renderer';

/** From this magnification on, single voxels are what one wants to see. */
const SMOOTH_BELOW_PX_PER_VOXEL = 8;
const OUTLINE_PX = 1.5;
const CROSSHAIR_GAP_PX = 9;
const CROSSHAIR_COLOR = 'rgba(126, 214, 255, 0.62)';

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
  /** Pixels, taken over from the slice before; `painted` once they are this slice's. */
  fill?: Buffer;
  painted: boolean;
  outlines?: readonly (readonly [string, Path2D])[];
}

export class CanvasSliceRenderer implements SliceRenderer {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private size_px: Point = [0, 0];
  private pixelRatio = 1;
  private image: CachedImage | null = null;
  private overlays = new Map<string, CachedOverlay>();

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = context2d(canvas, gpuIsEmulated());
  }

  resize(width_px: number, height_px: number, pixelRatio: number): void {
    this.size_px = [width_px, height_px];
    this.pixelRatio = pixelRatio;
    this.canvas.width = Math.max(1, Math.round(width_px * pixelRatio));
    this.canvas.height = Math.max(1, Math.round(height_px * pixelRatio));
  }

  clear(): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  draw(frame: SliceFrame): void {
    this.clear();
    const viewport = placeSlice(frame.geometry, this.size_px, frame.view);
    this.useMillimetres(viewport);
    this.drawImage(frame, viewport);
    const cached = frame.overlays.map((layer) => this.cachedOverlay(frame, layer));
    this.overlays = new Map(cached.map((overlay) => [overlay.layer.key, overlay]));
    for (const overlay of cached) {
      if (frame.style === 'fill') this.drawFill(frame, overlay);
      else this.drawOutlines(frame, overlay, viewport);
    }
    this.context.globalAlpha = 1;
    if (frame.crosshair_mm) this.drawCrosshair(frame.crosshair_mm, viewport);
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
    const voxel_px = viewport.pixelsPerMm * Math.min(geometry.column.spacing_mm, geometry.row.spacing_mm);
    this.context.globalAlpha = 1;
    this.context.imageSmoothingEnabled = voxel_px < SMOOTH_BELOW_PX_PER_VOXEL;
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

  private cachedOverlay(frame: SliceFrame, layer: OverlayLayer): CachedOverlay {
    const { geometry, slice } = frame;
    const cached = this.overlays.get(layer.key);
    const { plane } = geometry;
    if (cached && cached.plane === plane && cached.slice === slice && sameFields(cached.layer, layer)) return cached;
    const labels = extractLabelSlice(layer.labelmap, geometry, slice);
    return { layer, plane, slice, labels, fill: cached?.fill, painted: false };
  }

  private drawFill(frame: SliceFrame, overlay: CachedOverlay): void {
    const fill = fitBuffer(overlay.fill, frame.geometry);
    if (!overlay.painted || fill !== overlay.fill) {
      paintLabelSlice(overlay.labels, overlay.layer.palette, fill.image.data);
      fill.context.putImageData(fill.image, 0, 0);
      overlay.fill = fill;
      overlay.painted = true;
    }
    this.context.globalAlpha = frame.opacity;
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(fill.canvas, 0, 0, ...planeSize_mm(frame.geometry));
  }

  private drawOutlines(frame: SliceFrame, overlay: CachedOverlay, { pixelsPerMm }: Viewport): void {
    overlay.outlines ??= makeOutlines(overlay, frame.geometry);
    // A thin line needs more ink than a filled area to be seen equally well.
    this.context.globalAlpha = Math.min(1, 0.35 + frame.opacity);
    this.context.lineWidth = OUTLINE_PX / pixelsPerMm;
    this.context.lineCap = 'square';
    for (const [color, path] of overlay.outlines) {
      this.context.strokeStyle = color;
      this.context.stroke(path);
    }
  }

  private drawCrosshair(position_mm: Point, { pixelsPerMm, origin_px }: Viewport): void {
    const { context } = this;
    const [width, height] = this.size_px;
    // Half a pixel off, a line of one pixel is crisp.
    const x = Math.round(origin_px[0] + position_mm[0] * pixelsPerMm) + 0.5;
    const y = Math.round(origin_px[1] + position_mm[1] * pixelsPerMm) + 0.5;
    context.setTransform(this.pixelRatio, 0, 0, this.pixelRatio, 0, 0);
    context.strokeStyle = CROSSHAIR_COLOR;
    context.lineWidth = 1;
    context.beginPath();
    const gap = CROSSHAIR_GAP_PX;
    for (const [x0, y0, x1, y1] of [
      [0, y, x - gap, y],
      [x + gap, y, width, y],
      [x, 0, x, y - gap],
      [x, y + gap, x, height],
    ] as const) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }
}

let emulated: boolean | undefined;

/** Where the processor plays the GPU, drawing without that detour is three times faster. */
function gpuIsEmulated(): boolean {
  if (emulated === undefined) {
    const gl = document.createElement('canvas').getContext('webgl');
    const names = gl?.getExtension('WEBGL_debug_renderer_info');
    const renderer: unknown = gl?.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    emulated = !gl || /swiftshader|llvmpipe|software/i.test(String(renderer));
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return emulated;
}

/** @param onCpu pixels stay in main memory, where writing them costs nothing. */
function context2d(canvas: HTMLCanvasElement, onCpu: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: onCpu });
  if (!context) throw new Error('This browser cannot draw on a canvas.');
  return context;
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
  const outlines = [...outlineLabels(labels, column.length, row.length)].sort(([a], [b]) => a - b);
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
