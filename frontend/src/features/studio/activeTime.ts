/** Time that a person really worked: gaps between doings count while they are short. */
const PAUSE_MS = 30_000;

export class ActiveTime {
  private last_ms: number | null = null;
  private sum_ms = 0;

  note(now_ms: number): void {
    const gap = this.last_ms === null ? 0 : now_ms - this.last_ms;
    if (gap > 0 && gap <= PAUSE_MS) this.sum_ms += gap;
    this.last_ms = now_ms;
  }

  /** What came together since it was last taken. */
  take(): number {
    const taken = Math.round(this.sum_ms);
    this.sum_ms = 0;
    return taken;
  }
}
