/** What this browser draws with. */

let emulated: boolean | undefined;

/** To ask starts a GPU's driver, which takes half a second where the processor plays it: once a tab is enough. */
const ANSWER = 'consilium.gpu';

/** Where the processor plays the GPU, drawing without that detour is several times faster. */
export function gpuIsEmulated(): boolean {
  if (emulated === undefined) {
    const known = storedAnswer();
    emulated = known === null ? isEmulated() : known === 'emulated';
    if (known === null) storeAnswer(emulated ? 'emulated' : 'real');
  }
  return emulated;
}

function isEmulated(): boolean {
  const gl = document.createElement('canvas').getContext('webgl');
  const names = gl?.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl?.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return !gl || /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(renderer));
}

function storedAnswer(): string | null {
  try {
    return sessionStorage.getItem(ANSWER);
  } catch {
    // Storage is blocked in this browser: it is asked once a page.
    return null;
  }
}

function storeAnswer(answer: 'emulated' | 'real'): void {
  try {
    sessionStorage.setItem(ANSWER, answer);
  } catch {
    // The same.
  }
}

/**
 * @param onCpu pixels stay in main memory, where writing them costs nothing.
 * @param options further ones of `getContext`.
 */
export function context2d(
  canvas: HTMLCanvasElement,
  onCpu: boolean,
  options: CanvasRenderingContext2DSettings = {},
): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { ...options, willReadFrequently: onCpu });
  if (!context) throw new Error('This browser cannot draw on a canvas.');
  return context;
}

/** The context of a pane's canvas, which is black where nothing is drawn: opaque, it need not be blended. */
export function paneContext(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return context2d(canvas, gpuIsEmulated(), { alpha: false });
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
