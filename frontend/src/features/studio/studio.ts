/** One opened annotation: its drawing, its journal, its history, and the tools that work on them. */
import {
  copySlice,
  type Edit,
  fillHoles,
  growCutEdit,
  growCutInWorker,
  type History,
  imageOrProblem,
  interpolateSlices,
  type LabelScheme,
  type NamedEdit,
  prepareGrowCut,
  redo,
  removeIslands,
  geometryOf,
  type Session,
  setFile,
  slicePlane,
  type SlicePlane,
  stepSlices,
  Store,
  type Step,
  ToolError,
  undo,
  withEdit,
  withRebased,
  type PaneCursor,
  type PaneDrag,
  type PaneEditor,
  type PanePoint,
  type PaneSlice,
} from '~/viewer';

import { ActiveTime } from './activeTime';
import { Drawing } from './drawing';
import { beginDrag } from './drags';
import type { EditServer } from './editServer';
import { Journal } from './journal';
import { newEditId } from './loggedEdit';
import type { OpenedAnnotation } from './opening';
import { text } from './text';
import { type ActionKey, GROW_CUT_MARGIN_MM, initialTools, loggedTool, overRules, type ToolKey, type ToolState, usesBrush } from './toolset';

export const DRAWING_URL = 'drawing:';

export class Studio implements PaneEditor {
  readonly tools: Store<ToolState>;
  readonly history: Store<History>;
  /** What a tool could not do, in a sentence. */
  readonly notice = new Store<string | null>(null);
  readonly outlineStore = new Store<ReturnType<PaneEditor['outline']>>(null);
  readonly drawing: Drawing;
  readonly journal: Journal;
  private readonly active = new ActiveTime();
  private readonly server: EditServer;
  private session: Session | null = null;
  private isGrowing = false;

  constructor(
    opened: OpenedAnnotation,
    readonly scheme: LabelScheme,
    onConfirmed: (head: number) => void,
  ) {
    this.tools = new Store(initialTools(scheme.labels.find(({ value }) => value !== 0)?.value ?? 1));
    this.server = opened.server;
    this.history = new Store(opened.history);
    this.drawing = new Drawing(opened.labelmap, () =>
      this.session?.store.update((state) => ({ ...state, edits: state.edits + 1 })),
    );
    this.journal = new Journal({
      ...opened,
      canvas: this.drawing,
      onConfirmed,
      onRebased: (rebased) => this.history.update((history) => withRebased(history, rebased)),
    });
    if (opened.unconfirmed.length > 0) this.journal.replay(opened.unconfirmed);
  }

  /** Show the drawing in a viewer. */
  attach(session: Session): void {
    this.session = session;
    const { labelmap, changes } = this.drawing;
    session.store.update((state) => setFile(state, DRAWING_URL, { status: 'labelmap', labelmap, changes }));
  }

  noteActivity(): void {
    this.active.note(performance.now());
  }

  choose(change: Partial<ToolState>): void {
    this.tools.update((state) => ({ ...state, ...change }));
    this.notice.update(() => null);
  }

  color(label: number): string {
    return this.scheme.labels.find(({ value }) => value === label)?.color ?? '#ffffff';
  }

  // --- PaneEditor

  begin(slice: PaneSlice, point: PanePoint): PaneDrag | null {
    const state = this.tools.get();
    if (state.tool === 'navigate' || this.isHidden(state)) return null;
    return this.attempt(() => beginDrag(this, slice, point, state)) ?? null;
  }

  cursor(): PaneCursor | null {
    const { tool, radius_mm, label } = this.tools.get();
    if (tool === 'navigate') return null;
    return { radius_mm: usesBrush(tool) ? radius_mm : 0, color: tool === 'eraser' ? '#ffffff' : this.color(label) };
  }

  outline(): ReturnType<PaneEditor['outline']> {
    return this.outlineStore.get();
  }

  subscribe(listener: () => void): () => void {
    const stops = [this.tools.subscribe(listener), this.outlineStore.subscribe(listener)];
    return () => stops.forEach((stop) => stop());
  }

  // --- edits

  /** Do what may turn out impossible; the reason is shown. */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      this.notice.update(() => `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
      return undefined;
    }
  }

  /** Take an edit into the history and the journal. */
  log(tool: ToolKey | ActionKey, edit: Edit, started_at: string, { is3d, label }: ToolState): void {
    if (edit.start.length === 0) return;
    const named: NamedEdit = {
      edit_id: newEditId(),
      tool: loggedTool(tool, is3d),
      label: tool === 'eraser' ? null : label,
      edit,
      undoes: null,
    };
    this.history.update((history) => withEdit(history, named));
    this.record(named, started_at);
  }

  /** An edit that is not painted yet. */
  paint(tool: ToolKey | ActionKey, edit: Edit, state: ToolState): void {
    this.drawing.apply(edit);
    this.log(tool, edit, new Date().toISOString(), state);
  }

  undo(): void {
    this.step(() => undo(this.history.get(), this.drawing.voxels, newEditId()));
  }

  redo(): void {
    this.step(() => redo(this.history.get(), this.drawing.voxels, newEditId()));
  }

  /** Undo until `count` edits are left. */
  undoTo(count: number): void {
    for (let steps = this.history.get().done.length - count; steps > 0; steps -= 1) this.undo();
  }

  act(action: ActionKey): void {
    const state = this.tools.get();
    const plane = this.activePlane();
    if (!plane || this.drawing.isStroking || this.isHidden(state)) return;
    if (action === 'growcut') return void this.growCut(state);
    this.attempt(() => {
      const edit = this.editOf(action, plane, state);
      if (edit.start.length === 0) throw new ToolError(`${action === 'copy' ? 'the slice has' : 'there is'} nothing to change for this label`);
      this.paint(action, edit, state);
    });
    if (action === 'copy') this.goToNextSlice();
  }

  /**
   * Hand the annotation in, as it is seen.
   *
   * @throws ApiProblem when it is refused, or Error while not everything is saved.
   */
  async submit(): Promise<void> {
    await this.journal.resume();
    const { pending, head } = this.journal.state.get();
    if (pending > 0) throw new Error(text.notSaved);
    await this.server.submit(head);
  }

  /** All labels from what is painted; painting goes on meanwhile, and what is painted then stays. */
  private async growCut(state: ToolState): Promise<void> {
    const job = this.attempt(() =>
      prepareGrowCut(this.drawing.labelmap, this.images(), {
        labels: this.scheme.labels.map(({ value }) => value),
        margin_mm: GROW_CUT_MARGIN_MM,
      }),
    );
    if (!job || this.isGrowing) return;
    this.isGrowing = true;
    this.notice.update(() => text.growing);
    try {
      const labels = await growCutInWorker(job);
      await this.drawing.idle();
      // Seeds and what was painted since then keep their label: only background grows over.
      this.paint('growcut', growCutEdit(this.drawing.labelmap, job, labels, { over: [0] }), state);
      this.notice.update(() => null);
    } catch (error) {
      this.notice.update(() => text.growingFailed(error instanceof Error ? error.message : String(error)));
    } finally {
      this.isGrowing = false;
    }
  }

  /** The sequences that are there, on the case's grid. */
  private images() {
    if (!this.session) return [];
    const { content, store } = this.session;
    return content.images.flatMap((image) => {
      const found = imageOrProblem(content, store.get(), image);
      return found && typeof found === 'object' ? [found.voxels] : [];
    });
  }

  private editOf(action: Exclude<ActionKey, 'growcut'>, plane: SlicePlane, state: ToolState): Edit {
    const { labelmap } = this.drawing;
    const { label } = state;
    const rules = overRules(state);
    const inPlane = state.is3d ? null : plane;
    switch (action) {
      case 'interpolate':
        return interpolateSlices(labelmap, { axis: plane.axis, label, rules });
      case 'holes':
        return fillHoles(labelmap, { plane: inPlane, label, rules });
      case 'islands':
        return removeIslands(labelmap, { plane: inPlane, label, keep: { kind: 'largest' } });
      case 'copy':
        return copySlice(labelmap, { axis: plane.axis, from: plane.slice, to: this.nextSlice(plane), labels: [label], rules });
    }
  }

  private step(makeStep: () => Step | null): void {
    const step = this.drawing.isStroking ? null : makeStep();
    if (!step) return;
    this.drawing.apply(step.edit.edit);
    this.history.update(() => step.history);
    this.record(step.edit, new Date().toISOString());
  }

  private record(edit: NamedEdit, started_at: string): void {
    this.noteActivity();
    this.notice.update(() => null);
    this.journal.add({ ...edit, started_at, active_ms: this.active.take() });
  }

  /** Nobody paints what is not seen. */
  private isHidden({ label, tool }: ToolState): boolean {
    const state = this.session?.store.get();
    const shown = state?.overlaysOn && state.shownOverlays.has('drawing');
    const hidden = state && [...state.hiddenLabels].some((id) => id.endsWith(`#${label}`)) && tool !== 'eraser';
    if (shown && !hidden) return false;
    this.notice.update(() => (hidden ? 'This label is hidden: show it before you paint with it.' : 'Labels are hidden: press O to show them.'));
    return true;
  }

  private activeGeometry() {
    const state = this.session?.store.get();
    return this.session && state ? geometryOf(this.session.content, state, state.plane) : null;
  }

  private activePlane(): SlicePlane | null {
    const geometry = this.activeGeometry();
    const crosshair = this.session?.store.get().crosshair;
    return geometry && crosshair ? slicePlane(geometry, crosshair) : null;
  }

  private nextSlice({ axis, slice }: SlicePlane): number {
    const next = slice + (this.activeGeometry()?.slice.flipped ? -1 : 1);
    if (next < 0 || next >= this.drawing.labelmap.shape[axis]) throw new ToolError('this is the last slice');
    return next;
  }

  private goToNextSlice(): void {
    const geometry = this.activeGeometry();
    if (geometry) this.session?.store.update((state) => stepSlices(state, this.drawing.labelmap.shape, geometry, 1));
  }
}
