/**
 * The one WebGL2 context of all slice panes. Each volume is uploaded once however many panes show it, and a pane's
 * picture is copied to its own 2-D canvas, where Canvas2D can go on drawing when the GPU fails.
 */
import { type PanePicture, SlicePainter } from './webglPainter';

/** Panes that come back within this time, as when the layout changes, find their volumes still uploaded. */
const RELEASE_AFTER_MS = 3000;

export class WebglStage {
  private readonly canvas = document.createElement('canvas');
  private readonly gl: WebGL2RenderingContext;
  /** Null while the context is lost. */
  private painter: SlicePainter | null;
  private readonly users = new Set<() => void>();
  private release = 0;

  /** @throws Error where this browser has no WebGL2. */
  constructor() {
    const gl = this.canvas.getContext('webgl2', { antialias: false, depth: false });
    if (!gl) throw new Error('This browser has no WebGL2.');
    this.gl = gl;
    this.painter = new SlicePainter(gl);
    this.canvas.addEventListener('webglcontextlost', (event) => {
      // Without this the browser never gives the context back.
      event.preventDefault();
      this.painter = null;
      this.tell();
    });
    this.canvas.addEventListener('webglcontextrestored', () => {
      this.painter = new SlicePainter(gl);
      this.tell();
    });
  }

  get isReady(): boolean {
    return this.painter !== null && !this.gl.isContextLost();
  }

  /** @param onSwitch the context was lost or is back: draw again. */
  attach(onSwitch: () => void): () => void {
    window.clearTimeout(this.release);
    this.users.add(onSwitch);
    return () => {
      this.users.delete(onSwitch);
      window.clearTimeout(this.release);
      if (this.users.size > 0) return;
      this.release = window.setTimeout(() => this.painter?.textures.clear(), RELEASE_AFTER_MS);
    };
  }

  /**
   * Paint, and copy to the pane's canvas.
   *
   * @throws VolumeTooLarge
   */
  present(picture: PanePicture, target: CanvasRenderingContext2D): void {
    const { width, height } = target.canvas;
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    this.painter?.paint(picture);
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.globalAlpha = 1;
    target.clearRect(0, 0, width, height);
    target.drawImage(this.canvas, 0, 0, width, height, 0, 0, width, height);
  }

  private tell(): void {
    for (const onSwitch of this.users) onSwitch();
  }
}

let stage: WebglStage | null | undefined;

/** The page's stage; null where WebGL2 does not work. */
export function sharedStage(): WebglStage | null {
  if (stage === undefined) {
    try {
      stage = new WebglStage();
    } catch {
      // Canvas2D draws the same picture.
      stage = null;
    }
  }
  return stage;
}
