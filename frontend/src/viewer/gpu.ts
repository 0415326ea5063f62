/** What this browser draws with. */

let emulated: boolean | undefined;

/** Where the processor plays the GPU, drawing without that detour is several times faster. */
export function gpuIsEmulated(): boolean {
  if (emulated === undefined) {
    const gl = document.createElement('canvas').getContext('webgl');
    const names = gl?.getExtension('WEBGL_debug_renderer_info');
    const renderer: unknown = gl?.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    emulated = !gl || /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(renderer));
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return emulated;
}

/** @param onCpu pixels stay in main memory, where writing them costs nothing. */
export function context2d(canvas: HTMLCanvasElement, onCpu: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: onCpu });
  if (!context) throw new Error('This browser cannot draw on a canvas.');
  return context;
}

export type RendererName = 'webgl2' | 'canvas2d';

/** A person's own choice, under this key of the browser's local storage, for where the automatic one goes wrong. */
const PREFERENCE = 'consilium.renderer';

/** The renderer to try first. */
export function preferredRenderer(): RendererName {
  const chosen = storedPreference();
  if (chosen === 'webgl2' || chosen === 'canvas2d') return chosen;
  return gpuIsEmulated() ? 'canvas2d' : 'webgl2';
}

function storedPreference(): string | null {
  try {
    return localStorage.getItem(PREFERENCE);
  } catch {
    // Storage is blocked in this browser: then nothing was chosen.
    return null;
  }
}
