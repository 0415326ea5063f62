/** Pixels of a slice on a canvas of their own, one for each voxel. */
import type { PlaneGeometry } from './core/planes';
import { context2d } from './gpu';

export interface PixelBuffer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly image: ImageData;
}

/** A buffer of the slice's size, reused where it fits. */
export function fitBuffer(buffer: PixelBuffer | null, { column, row }: PlaneGeometry): PixelBuffer {
  if (buffer?.canvas.width === column.length && buffer.canvas.height === row.length) return buffer;
  const canvas = document.createElement('canvas');
  canvas.width = column.length;
  canvas.height = row.length;
  const context = context2d(canvas, true);
  return { canvas, context, image: context.createImageData(column.length, row.length) };
}
