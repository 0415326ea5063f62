/** How many parts of the page listen to each topic: the server hears only of the first and the last. */
export class TopicCounts {
  private readonly counts = new Map<string, number>();

  /** True when the topic is a new one. */
  add(topic: string): boolean {
    const count = this.counts.get(topic) ?? 0;
    this.counts.set(topic, count + 1);
    return count === 0;
  }

  /** True when nobody listens any more. */
  remove(topic: string): boolean {
    const count = this.counts.get(topic) ?? 0;
    if (count > 1) {
      this.counts.set(topic, count - 1);
      return false;
    }
    return this.counts.delete(topic);
  }

  all(): string[] {
    return [...this.counts.keys()];
  }
}
