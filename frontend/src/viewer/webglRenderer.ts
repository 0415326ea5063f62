/** A pane's slices by WebGL2 where it works, by Canvas2D where it does not or no longer does. */
import { CanvasSliceRenderer } from './canvasRenderer';
import { placeSlice, type Point } from './core/viewport';
import { drawCrosshair } from './crosshair';
import { paneContext, preferredRenderer, type RendererName } from './gpu';
import { drawHatching } from './hatching';
import type { SliceFrame, SliceRenderer } from './renderer';
import { sharedStage, type WebglStage } from './webglStage';
import { VolumeTooLarge } from './webglTextures';

export class PaneRenderer implements SliceRenderer {
  private readonly canvas2d: CanvasSliceRenderer;
  private readonly context: CanvasRenderingContext2D;
  private readonly stage: WebglStage | null;
  private readonly detach: (() => void) | undefined;
  private size_px: Point = [0, 0];
  private pixelRatio = 1;

  /** @param onSwitch another renderer takes over: draw again. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    onSwitch: () => void,
  ) {
    this.context = paneContext(canvas);
    this.canvas2d = new CanvasSliceRenderer(canvas);
    this.stage = preferredRenderer() === 'webgl2' ? sharedStage() : null;
    this.detach = this.stage?.attach(onSwitch);
  }

  resize(width_px: number, height_px: number, pixelRatio: number): void {
    this.size_px = [width_px, height_px];
    this.pixelRatio = pixelRatio;
    this.canvas2d.resize(width_px, height_px, pixelRatio);
  }

  clear(): void {
    this.canvas2d.clear();
  }

  draw(frame: SliceFrame): void {
    this.canvas.dataset.renderer = this.drawWith(frame);
  }

  dispose(): void {
    this.detach?.();
  }

  private drawWith(frame: SliceFrame): RendererName {
    if (this.stage?.isReady) {
      try {
        this.drawOn(this.stage, frame);
        return 'webgl2';
      } catch (error) {
        if (!(error instanceof VolumeTooLarge)) throw error;
      }
    }
    this.canvas2d.draw(frame);
    return 'canvas2d';
  }

  private drawOn(stage: WebglStage, frame: SliceFrame): void {
    const { size_px, pixelRatio } = this;
    stage.present({ frame, size_px, pixelRatio }, this.context);
    this.canvas2d.forget();
    const viewport = placeSlice(frame.geometry, size_px, frame.view);
    drawHatching(this.context, frame, viewport, pixelRatio);
    if (frame.crosshair_mm) drawCrosshair(this.context, frame.crosshair_mm, viewport, size_px, pixelRatio);
  }
}
