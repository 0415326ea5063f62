/** The labelmap that is painted: changed in place, counted, and its slices marked for drawing. */
import {
  applyEdit,
  countEdit,
  type Edit,
  editBetween,
  editBox,
  invertEdit,
  LabelChanges,
  type Labelmap,
  type NamedEdit,
  NO_EDIT,
  type Rebased,
  rebasePending,
  statisticsOf,
  type VoxelBox,
} from '~/viewer';

import { type Counted, LiveVolumes } from './liveVolumes';

/** A stroke that is being drawn, as far as it is painted. */
export interface Liftable extends Counted {
  /** Off the labelmap; what is returned lays it back upon what is there by then. */
  lift(): () => void;
}

/** An edit in a server's log. */
export type LogEdit = Pick<NamedEdit, 'edit_id' | 'edit'>;

export class Drawing {
  readonly changes: LabelChanges;
  readonly volumes: LiveVolumes;
  private readonly strokes = new Set<Liftable>();
  private waiting: (() => void)[] = [];

  constructor(
    readonly labelmap: Labelmap,
    private readonly onChange: () => void,
  ) {
    this.changes = new LabelChanges(labelmap.shape);
    this.volumes = new LiveVolumes(labelmap, this.strokes);
  }

  get voxels(): Uint8Array {
    return this.labelmap.voxels;
  }

  get voxelCount(): number {
    return this.voxels.length;
  }

  /** @throws EditError where it does not fit. */
  apply(edit: Edit): void {
    applyEdit(this.voxels, edit);
    this.count(edit);
  }

  /** What a stroke has painted already. */
  count(edit: Edit): void {
    countEdit(statisticsOf(this.labelmap), this.labelmap.shape, edit);
    this.touchEdit(edit);
  }

  touchEdit(edit: Edit): void {
    const box = editBox(edit, this.labelmap.shape);
    if (box) this.touch(box);
  }

  touch(box: VoxelBox): void {
    this.changes.touch(box);
    if (this.isStroking) this.volumes.changing();
    else this.volumes.changed();
    this.onChange();
  }

  get isStroking(): boolean {
    return this.strokes.size > 0;
  }

  beginStroke(stroke: Liftable): void {
    this.strokes.add(stroke);
  }

  endStroke(stroke: Liftable): void {
    this.strokes.delete(stroke);
    this.volumes.changed();
    if (this.strokes.size === 0) this.waiting.splice(0).forEach((go) => go());
  }

  /** Change what lies under the strokes that are being drawn: they stay on top. */
  beneath<T>(change: () => T): T {
    const layBack = [...this.strokes].reverse().map((stroke) => stroke.lift());
    try {
      return change();
    } finally {
      layBack.reverse().forEach((lay) => lay());
    }
  }

  /** Resolves while no stroke is drawn. */
  async idle(): Promise<void> {
    while (this.strokes.size > 0) await new Promise<void>((go) => this.waiting.push(go));
  }

  /**
   * Pull the log's edits under one's own.
   *
   * @param whole the labelmap after them, where going from edit to edit would not lead there.
   */
  rebase(
    pending: readonly NamedEdit[],
    incoming: readonly LogEdit[],
    whole: Labelmap | null,
    known: (edit_id: string) => Edit | undefined,
  ): Rebased {
    const before = this.voxels.slice();
    const rebased = rebasePending(this.voxels, pending, whole ? this.jumpTo(whole, pending, incoming) : incoming, known);
    this.count(editBetween(before, this.voxels));
    if (!whole) return rebased;
    const logged = new Map(incoming.map(({ edit_id, edit }) => [edit_id, edit]));
    return { ...rebased, confirmed: rebased.confirmed.map((own) => ({ ...own, edit: logged.get(own.edit_id) ?? own.edit })) };
  }

  /** One step from the last confirmed state to the log's, with the ids of all that it holds. */
  private jumpTo(whole: Labelmap, pending: readonly NamedEdit[], logged: readonly LogEdit[]): LogEdit[] {
    const jump = { edit_id: 'whole', edit: editBetween(this.confirmedState(pending), whole.voxels) };
    return [jump, ...logged.map(({ edit_id }) => ({ edit_id, edit: NO_EDIT }))];
  }

  private confirmedState(pending: readonly NamedEdit[]): Uint8Array {
    const voxels = this.voxels.slice();
    for (const { edit } of [...pending].reverse()) applyEdit(voxels, invertEdit(edit));
    return voxels;
  }
}
