/** Slices on a 2-D canvas: works without a GPU. A pixel buffer is painted only when its slice or colours change. */
import { planeSize_mm, type PlaneGeometry } from './core/planes';
import { paintImageSlice } from './core/slices';
import { placeSlice, type Point, type Viewport } from './core/viewport';
import { drawCrosshair } from './crosshair';
import { gpuIsEmulated, paneContext } from './gpu';
import { drawHatching } from './hatching';
import { overlaySlice } from './overlaySlice';
import { fitBuffer, type PixelBuffer } from './pixelBuffer';
import { fillOpacity, layerStyle, OUTLINE_PX, outlineOpacity, type OverlayLayer, type SliceFrame, type SliceRenderer, smoothsImage } from './renderer';
import { DrawnFrame, type PixelBox } from './repaint';

/** How far a label's outline reaches beyond its voxels, in CSS pixels. */
const RIM_PX = 2 * OUTLINE_PX;

interface CachedImage {
  readonly buffer: PixelBuffer;
  readonly frame: Pick<SliceFrame, 'volume' | 'slice' | 'window'> & { plane: string };
}

export class CanvasSliceRenderer implements SliceRenderer {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private size_px: Point = [0, 0];
  private pixelRatio = 1;
  private image: CachedImage | null = null;
  /** What the canvas shows, as far as it was drawn here. */
  private drawn: DrawnFrame | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = paneContext(canvas);
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
    this.drawLayers(frame, viewport);
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

  private drawLayers(frame: SliceFrame, viewport: Viewport): void {
    this.useMillimetres(viewport);
    this.drawImage(frame, viewport);
    for (const layer of frame.overlays) {
      if (layerStyle(frame, layer) === 'fill') this.drawFill(frame, layer);
      else this.drawOutlines(frame, layer, viewport);
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

  private paintedImage(frame: SliceFrame): PixelBuffer {
    const { volume, geometry, slice, window } = frame;
    const wanted = { volume, slice, window, plane: geometry.plane };
    const cached = this.image;
    if (cached && sameFields(cached.frame, wanted)) return cached.buffer;
    const buffer = fitBuffer(cached?.buffer ?? null, geometry);
    paintImageSlice(volume, geometry, slice, window, buffer.image.data);
    buffer.context.putImageData(buffer.image, 0, 0);
    this.image = { buffer, frame: wanted };
    return buffer;
  }

  private drawFill(frame: SliceFrame, layer: OverlayLayer): void {
    this.context.globalAlpha = fillOpacity(frame, layer);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(overlaySlice(layer, frame).pixels, 0, 0, ...planeSize_mm(frame.geometry));
  }

  private drawOutlines(frame: SliceFrame, layer: OverlayLayer, { pixelsPerMm }: Viewport): void {
    this.context.globalAlpha = outlineOpacity(frame, layer);
    this.context.lineWidth = OUTLINE_PX / pixelsPerMm;
    this.context.lineCap = 'square';
    for (const [color, path] of overlaySlice(layer, frame).outlines) {
      this.context.strokeStyle = color;
      this.context.stroke(path);
    }
  }
}

function sameFields<T extends object>(a: T, b: T): boolean {
  return (Object.keys(b) as (keyof T)[]).every((key) => Object.is(a[key], b[key]));
}
