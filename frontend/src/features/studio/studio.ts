/** One opened annotation: the editor that paints it, and the journal that brings every edit to the server. */
import { type Edit, type LabelScheme, type Session, setFile, Store } from '~/viewer';

import { DRAWING, LabelEditor } from '../drawing';
import { ActiveTime } from './activeTime';
import type { EditServer } from './editServer';
import { Journal } from './journal';
import type { OpenedAnnotation } from './opening';
import { Review } from './review';
import { withVoxels } from './saveFile';
import { text } from './text';

export class Studio {
  readonly editor: LabelEditor;
  readonly journal: Journal;
  /** What is looked at instead of painting, or null. */
  readonly review = new Store<Review | null>(null);
  /** Whether its person is asked to hand it in. */
  readonly submitting = new Store(false);
  private readonly active = new ActiveTime();
  private readonly server: EditServer;

  constructor(opened: OpenedAnnotation, scheme: LabelScheme, onConfirmed: (head: number) => void) {
    this.server = opened.server;
    this.editor = new LabelEditor({
      ...opened,
      scheme,
      marksUnsure: true,
      onEdit: (edit, started_at) => {
        this.noteActivity();
        this.journal.add({ ...edit, started_at, active_ms: this.active.take() });
      },
    });
    this.journal = new Journal({
      ...opened,
      canvas: this.editor.drawing,
      onConfirmed,
      onHistory: (change) => this.editor.history.update(change),
    });
    if (opened.unconfirmed.length > 0) this.journal.replay(opened.unconfirmed);
  }

  /** Once there is something to hand in. */
  askToSubmit(): void {
    const { head, pending } = this.journal.state.get();
    if (head + pending > 0) this.submitting.update(() => true);
  }

  noteActivity(): void {
    this.active.note(performance.now());
  }

  /**
   * Show the log in the viewer, instead of what is painted.
   *
   * @throws ApiProblem or TypeError when it cannot be loaded.
   */
  async beginReview(session: Session): Promise<void> {
    await this.journal.resume();
    const log = await this.server.after(0);
    const { marksUnsure } = this.editor.drawing.labelmap;
    const labelmap = { ...(await this.server.labelmap(log.head)), marksUnsure };
    await this.editor.drawing.idle();
    const review = new Review(this.server, log.edits, labelmap, (edit) => showChange(session, review, edit));
    const { changes } = review.drawing;
    session.store.update((state) => setFile(state, DRAWING.url, { status: 'labelmap', labelmap, changes }));
    this.review.update(() => review);
  }

  /** Back to what is painted. */
  endReview(): void {
    this.review.get()?.pause();
    this.review.update(() => null);
  }

  /** Everything that is painted, saved or not, as a label map for the person's own disk. */
  async painted(): Promise<Blob> {
    await this.editor.drawing.idle();
    return withVoxels(await this.server.file(this.journal.state.get().head), this.editor.drawing.voxels);
  }

  /**
   * The revision that is what is seen.
   *
   * @throws Error while not everything is saved.
   */
  async savedHead(): Promise<number> {
    await this.journal.resume();
    const { pending, head } = this.journal.state.get();
    if (pending > 0) throw new Error(text.notSaved);
    return head;
  }
}

/** Draw the change, and go where most of it is. */
function showChange({ store }: Session, { drawing }: Review, edit: Edit | null): void {
  const [nx, ny] = drawing.labelmap.shape;
  const run = edit ? edit.length.indexOf(Math.max(...edit.length.slice(0, 10_000))) : -1;
  store.update((state) => {
    const shown = { ...state, edits: state.edits + 1 };
    if (!edit || run < 0) return shown;
    const middle = (edit.start[run] ?? 0) + Math.floor((edit.length[run] ?? 0) / 2);
    const row = Math.floor(middle / nx);
    return { ...shown, crosshair: [middle % nx, row % ny, Math.floor(row / ny)], moved: true };
  });
}
