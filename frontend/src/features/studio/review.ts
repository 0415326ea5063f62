/** Going through the log of an annotation, on a labelmap of its own: nothing here changes what is painted. */
import { decodeEdit, type Edit, editBetween, invertEdit, type Labelmap, Store } from '~/viewer';

import { base64ToBytes, Drawing } from '../drawing';
import type { EditServer, LogStep } from './editServer';

/** Further than this the labelmap is loaded rather than replayed. */
const LEAP = 60;
const TICK_MS = 250;
export const SPEEDS = [1, 5, 25] as const;
export type Speed = (typeof SPEEDS)[number];

export interface ReviewState {
  /** The revision that is shown; 0 is the empty beginning. */
  readonly at: number;
  readonly isPlaying: boolean;
  readonly problem: string | null;
}

export class Review {
  readonly state: Store<ReviewState>;
  /** What is shown. */
  readonly drawing: Drawing;
  private readonly edits = new Map<number, Edit>();
  private wanted: number;
  private moving: Promise<void> | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param steps the whole log, in order: step `i` made revision `i + 1`.
   * @param labelmap the last revision's; it is changed in place.
   * @param onShown what has just been added or taken back, once it is drawn; null after a leap.
   */
  constructor(
    private readonly server: Pick<EditServer, 'labelmap'>,
    readonly steps: readonly LogStep[],
    labelmap: Labelmap,
    private readonly onShown: (edit: Edit | null) => void,
  ) {
    this.drawing = new Drawing(labelmap, () => undefined);
    this.wanted = steps.length;
    this.state = new Store<ReviewState>({ at: steps.length, isPlaying: false, problem: null });
  }

  /** Show a revision; resolves when it, or what was asked for since, is shown. */
  go(number: number): Promise<void> {
    this.wanted = Math.min(this.steps.length, Math.max(0, number));
    this.moving ??= this.move()
      .catch((error: unknown) => {
        this.pause();
        this.wanted = this.state.get().at;
        this.tell({ problem: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => (this.moving = null));
    return this.moving;
  }

  /** From here to the end; from the beginning where this is the end. */
  async play(steps_per_tick: Speed): Promise<void> {
    this.pause();
    this.tell({ isPlaying: true });
    if (this.state.get().at === this.steps.length) await this.go(0);
    if (!this.state.get().isPlaying) return;
    this.timer = setInterval(() => {
      if (this.moving) return;
      if (this.state.get().at === this.steps.length) this.pause();
      else void this.go(this.state.get().at + steps_per_tick);
    }, TICK_MS);
  }

  pause(): void {
    clearInterval(this.timer);
    this.tell({ isPlaying: false });
  }

  private async move(): Promise<void> {
    this.tell({ problem: null });
    for (;;) {
      const { at } = this.state.get();
      if (at === this.wanted) return;
      if (Math.abs(this.wanted - at) > LEAP) await this.leap(this.wanted);
      else await this.step(at, this.wanted > at ? 1 : -1);
    }
  }

  private async step(at: number, direction: 1 | -1): Promise<void> {
    const edit = await this.editOf(direction > 0 ? at + 1 : at);
    const change = direction > 0 ? edit : invertEdit(edit);
    this.drawing.apply(change);
    this.tell({ at: at + direction });
    this.onShown(change);
  }

  private async leap(number: number): Promise<void> {
    const { voxels } = await this.server.labelmap(number);
    this.drawing.apply(editBetween(this.drawing.voxels, voxels));
    this.tell({ at: number });
    this.onShown(null);
  }

  /** What made a revision of the one before it. */
  private async editOf(number: number): Promise<Edit> {
    const known = this.edits.get(number);
    if (known) return known;
    const runs = this.steps[number - 1]?.runs;
    const edit =
      runs == null
        ? editBetween((await this.server.labelmap(number - 1)).voxels, (await this.server.labelmap(number)).voxels)
        : await decodeEdit(base64ToBytes(runs), this.drawing.voxelCount);
    this.edits.set(number, edit);
    return edit;
  }

  private tell(change: Partial<ReviewState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
