/** The linter while one paints: it looks when painting pauses, and mends at a key. */
import { type Finding, fixFinding, LintWorker, moveTo, prepareLint, type Session, Store } from '~/viewer';

import type { LabelEditor } from './labelEditor';

/** After the last change. */
const PAUSE_MS = 800;

export interface LintState {
  /** Null until the first answer, and while nothing is labelled. */
  readonly findings: readonly Finding[] | null;
  /** Place of the finding that keys go by. */
  readonly chosen: number;
  /** Something was painted that is not looked at yet. */
  readonly isBehind: boolean;
}

export class Linting {
  readonly state = new Store<LintState>({ findings: null, chosen: -1, isBehind: true });
  private session: Session | null = null;
  private worker: LintWorker | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private changed_ms = 0;
  /** Jobs without an answer yet; only the last one counts. */
  private running = 0;

  constructor(private readonly editor: LabelEditor) {}

  /** @returns a function that ends it. */
  watch(session: Session): () => void {
    this.session = session;
    this.worker = new LintWorker((findings) => this.take(findings));
    let seen: unknown = null;
    let files: unknown = null;
    const look = () => {
      const state = session.store.get();
      if (state.edits === seen && state.files === files) return;
      seen = state.edits;
      files = state.files;
      this.schedule();
    };
    const unsubscribe = session.store.subscribe(look);
    look();
    return () => {
      unsubscribe();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.worker?.dispose();
      this.worker = null;
      this.running = 0;
    };
  }

  /** To the next finding, or the one before; all panes jump. */
  step(direction: 1 | -1): void {
    const { findings, chosen } = this.state.get();
    const count = findings?.length ?? 0;
    if (count > 0) this.goTo(chosen < 0 ? (direction > 0 ? 0 : count - 1) : (chosen + direction + count) % count);
  }

  goTo(place: number): void {
    const finding = this.state.get().findings?.[place];
    if (!finding) return;
    this.state.update((state) => ({ ...state, chosen: place }));
    this.session?.store.update((state) => moveTo(state, this.editor.drawing.labelmap.shape, finding.at));
  }

  /** Mend the finding, or the chosen one; the next comes up. */
  fix(place = this.state.get().chosen): void {
    const { findings } = this.state.get();
    const finding = findings?.[place];
    if (!finding || this.editor.drawing.isStroking) return;
    this.editor.mend(fixFinding(this.editor.drawing.labelmap, finding), finding.becomes);
    const left = findings?.filter((each) => each !== finding) ?? [];
    this.state.update((state) => ({ ...state, findings: left, chosen: -1 }));
    if (left.length > 0) this.goTo(Math.min(place, left.length - 1));
  }

  private schedule(): void {
    this.state.update((state) => (state.isBehind ? state : { ...state, isBehind: true }));
    this.changed_ms = performance.now();
    this.timer ??= setTimeout(() => this.wait(), PAUSE_MS);
  }

  /** One timer for a whole stroke: it goes on where something was painted meanwhile. */
  private wait(): void {
    const rest_ms = this.changed_ms + PAUSE_MS - performance.now();
    this.timer = rest_ms > 0 ? setTimeout(() => this.wait(), rest_ms) : undefined;
    if (rest_ms <= 0) this.look();
  }

  private look(): void {
    if (!this.session || !this.worker) return;
    if (this.editor.drawing.isStroking) return this.schedule();
    const job = prepareLint(this.session, this.editor.drawing.labelmap, this.editor.scheme);
    if (!job) return this.state.update(() => ({ findings: null, chosen: -1, isBehind: false }));
    this.running += 1;
    this.worker.lint(job);
  }

  private take(findings: readonly Finding[]): void {
    this.running -= 1;
    if (this.running > 0) return;
    this.state.update(({ findings: before, chosen }) => {
      // The finding that one is at stays chosen where it is still there.
      const at = before?.[chosen]?.voxels[0];
      return { findings, chosen: findings.findIndex(({ voxels }) => voxels[0] === at), isBehind: false };
    });
  }
}
