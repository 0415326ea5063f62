/** Keeps the surfaces of the shown labelmaps in step with their voxels. */
import type { Labelmap } from '../core/volume';
import type { OverlayLayer } from '../renderer';
import { statisticsOf } from '../scene';
import { Store } from '../store';
import { type SurfaceJob, surfaceJob, type Surfaces } from './surfaceJob';

/** After the last change: a stroke is meshed once, when the hand rests. */
const PAUSE_MS = 400;

export interface MakerState {
  /** Grows whenever surfaces are new. */
  readonly made: number;
  /** Share of the present work that is done; null at rest. */
  readonly progress: number | null;
  readonly problem: string | null;
}

interface Made extends Surfaces {
  readonly revision: number;
}

export interface SurfaceSource {
  run(job: SurfaceJob, onProgress: (share: number) => void): Promise<Surfaces>;
  stop(): void;
}

const NOTHING: Surfaces = { surfaces: [], coarseness: [1, 1, 1] };

export class SurfaceMaker {
  readonly state = new Store<MakerState>({ made: 0, progress: null, problem: null });
  private readonly made = new WeakMap<Labelmap, Made>();
  private wanted: readonly OverlayLayer[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isWorking = false;
  private seen = '';

  constructor(private readonly worker: SurfaceSource) {}

  /** Null until they are made; perhaps of a state before the last edit. */
  surfacesOf(labelmap: Labelmap): Surfaces | null {
    return this.made.get(labelmap) ?? null;
  }

  /** Cheap where nothing has changed; call it on every change of the viewer. */
  want(layers: readonly OverlayLayer[]): void {
    this.wanted = layers;
    const now = this.stale().map(({ key, revision }) => `${key} ${revision}`).join();
    if (now === this.seen) return;
    this.seen = now;
    clearTimeout(this.timer);
    if (now === '') return;
    const isFirst = this.stale().some(({ labelmap }) => !this.made.has(labelmap));
    this.timer = setTimeout(() => void this.work(), isFirst ? 0 : PAUSE_MS);
  }

  /** It may be asked again. */
  dispose(): void {
    clearTimeout(this.timer);
    this.wanted = [];
    this.seen = '';
    // Its answer never comes.
    this.worker.stop();
    this.isWorking = false;
  }

  private stale(): OverlayLayer[] {
    return this.wanted.filter(({ labelmap, revision }) => this.made.get(labelmap)?.revision !== revision);
  }

  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      for (let layer = this.stale()[0]; layer; layer = this.stale()[0]) await this.make(layer);
      this.state.update((state) => ({ ...state, progress: null }));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.state.update((state) => ({ ...state, progress: null, problem }));
    } finally {
      this.isWorking = false;
    }
  }

  private async make({ labelmap, revision }: OverlayLayer): Promise<void> {
    this.state.update((state) => ({ ...state, progress: 0, problem: null }));
    const job = surfaceJob(labelmap, statisticsOf(labelmap));
    const onProgress = (progress: number) => this.state.update((state) => ({ ...state, progress }));
    const surfaces = job ? await this.worker.run(job, onProgress) : NOTHING;
    this.made.set(labelmap, { ...surfaces, revision });
    this.state.update((state) => ({ ...state, made: state.made + 1 }));
  }
}
