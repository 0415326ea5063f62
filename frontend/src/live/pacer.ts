/** Does a thing at once, and then at most once in a while however often it is asked for: strokes of a room come fast. */
export class Pacer {
  /** What was done a moment ago, and whether it is to be done again. */
  private readonly recent = new Map<string, boolean>();

  constructor(private readonly pause_ms: number) {}

  /** @param key what is the same thing. */
  run(key: string, act: () => void): void {
    if (this.recent.has(key)) {
      this.recent.set(key, true);
      return;
    }
    this.recent.set(key, false);
    setTimeout(() => {
      const again = this.recent.get(key);
      this.recent.delete(key);
      if (again) this.run(key, act);
    }, this.pause_ms);
    act();
  }
}
