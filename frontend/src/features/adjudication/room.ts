/** One opened adjudication: the editor that paints it, the journal that shares it, and the contested regions. */
import { asProblem } from '~/api/problem';
import {
  centreOn,
  LabelChanges,
  type Labelmap,
  type LabelScheme,
  type NamedEdit,
  type Session,
  setFile,
  Store,
  withEdit,
  withRebased,
} from '~/viewer';

import { LabelEditor } from '../drawing';
import { ActiveTime } from '../studio/activeTime';
import { without } from '../studio/editHistory';
import { REGION_URL } from './layers';
import type { OpenedAdjudication } from './opening';
import type { ContestedRegion } from './queries';
import { boxOf, forEachVoxelOf, neighbour, regionsOf, type RegionStep, type Settled, settledRegions } from './regions';
import { RoomJournal } from './roomJournal';
import type { RoomStep } from './roomStep';
import { text } from './text';

type PointListener = NonNullable<LabelEditor['point']>;

export class AdjudicationRoom {
  readonly editor: LabelEditor;
  readonly journal: RoomJournal;
  /** The number of the region that is looked at. */
  readonly current = new Store<number | null>(null);
  readonly settled: Store<ReadonlyMap<number, Settled>>;
  private readonly active = new ActiveTime();
  /** Of the log, in its order. */
  private logged: readonly RegionStep[];
  /** One's own that the log lacks. */
  private pending: readonly RegionStep[] = [];
  private readonly highlight: Labelmap;
  private readonly highlightChanges: LabelChanges;
  private session: Session | null = null;
  private isTaking = false;
  private onPoint: PointListener | null = null;

  constructor(
    private readonly opened: OpenedAdjudication,
    readonly regions: readonly ContestedRegion[],
    scheme: LabelScheme,
  ) {
    const { labelmap, history } = opened;
    this.logged = opened.steps;
    this.settled = new Store(settledRegions(this.logged));
    this.highlight = { ...labelmap, voxels: new Uint8Array(labelmap.voxels.length) };
    this.highlightChanges = new LabelChanges(labelmap.shape);
    this.editor = new LabelEditor({
      labelmap,
      scheme,
      history,
      marksUnsure: false,
      onPoint: (at, isDrawing) => this.onPoint?.(at, isDrawing),
      onEdit: (edit, started_at) => this.share(edit, started_at),
    });
    this.journal = new RoomJournal({
      ...opened,
      canvas: this.editor.drawing,
      onRebased: (rebased) => {
        this.editor.history.update((before) => withRebased(before, rebased));
        this.pending = rebased.pending.map((edit) => this.stepOf(edit));
        this.settle();
      },
      onSteps: (steps) => this.takeIn(steps),
      onDropped: (edit_ids) => this.editor.history.update((before) => without(before, edit_ids)),
    });
    if (opened.unconfirmed.length > 0) this.journal.replay(opened.unconfirmed);
  }

  /** Show drawing and current region in a viewer. */
  attach(session: Session): void {
    this.session = session;
    this.editor.attach(session);
    session.store.update((state) =>
      setFile(state, REGION_URL, { status: 'labelmap', labelmap: this.highlight, changes: this.highlightChanges }),
    );
  }

  /** Hear where one points, until the returned function is called. */
  hearPoints(listener: PointListener): () => void {
    this.onPoint = listener;
    return () => {
      this.onPoint = null;
    };
  }

  noteActivity(): void {
    this.active.note(performance.now());
  }

  regionOf(number: number | null): ContestedRegion | null {
    return this.regions.find((region) => region.number === number) ?? null;
  }

  /** Look at a region: all panes go there. */
  goTo(number: number): void {
    const region = this.regionOf(number);
    if (!region) return;
    this.outline(region);
    this.current.update(() => number);
    const [x = 0, y = 0, z = 0] = region.centre;
    this.session?.store.update((state) => (this.session ? centreOn(this.session.content, state, [x, y, z]) : state));
  }

  /** Begin where something is open. */
  arrive(): void {
    if (this.current.get() !== null) return;
    this.nextOpen();
    if (this.current.get() === null) this.step(1);
  }

  /** The next region by rank, or the one before. */
  step(direction: 1 | -1): void {
    this.goNear(direction, () => true);
  }

  /** The next that nobody has settled. */
  nextOpen(): void {
    const settled = this.settled.get();
    this.goNear(1, (number) => !settled.has(number));
  }

  /** Give the current region the labels of a rater, or of the fusion. */
  async take(source: string): Promise<void> {
    const number = this.current.get();
    const { notice, history } = this.editor;
    if (number === null) return notice.update(() => text.noRegion);
    if (this.isTaking) return;
    this.isTaking = true;
    notice.update(() => null);
    try {
      const edit = await this.journal.take(number, source);
      history.update((before) => withEdit(before, { ...edit, label: null, tool: text.tookStep(source, number) }));
    } catch (error) {
      notice.update(() => text.notTaken(asProblem(error).message));
    } finally {
      this.isTaking = false;
    }
  }

  private goNear(direction: 1 | -1, admits: (number: number) => boolean): void {
    const next = neighbour(this.regions.length, this.current.get(), direction, admits);
    if (next !== null) this.goTo(next);
  }

  private share(edit: NamedEdit, started_at: string): void {
    this.noteActivity();
    this.pending = [...this.pending, this.stepOf(edit)];
    this.settle();
    this.journal.add({ ...edit, started_at, active_ms: this.active.take() });
  }

  private takeIn(steps: readonly RoomStep[]): void {
    const arrived = new Set(steps.map(({ edit_id }) => edit_id));
    const fresh = steps.map((step) => ({ ...step, regions: regionsOf(step.edit, this.opened.map) }));
    this.logged = [...this.logged, ...fresh];
    this.pending = this.pending.filter(({ edit_id }) => !arrived.has(edit_id));
    this.settle();
  }

  private settle(): void {
    this.settled.update(() => settledRegions([...this.logged, ...this.pending]));
  }

  private stepOf({ edit_id, undoes, edit }: NamedEdit): RegionStep {
    return { edit_id, undoes, source: '', region: null, regions: regionsOf(edit, this.opened.map) };
  }

  /** Draw around the region, and around no other. */
  private outline(region: ContestedRegion): void {
    const before = this.regionOf(this.current.get());
    if (before) this.fill(before, 0);
    this.fill(region, 1);
  }

  private fill(region: ContestedRegion, value: number): void {
    forEachVoxelOf(region, this.opened.map, (i) => (this.highlight.voxels[i] = value));
    this.highlightChanges.touch(boxOf(region));
  }
}
