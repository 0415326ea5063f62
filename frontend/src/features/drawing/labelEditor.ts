/** Tools on one labelmap in a viewer's panes, with the history of what was done. Where edits go is its owner's. */
import {
  allowsUnsure,
  closeRegions,
  type Edit,
  geometryOf,
  type History,
  labelId,
  type Labelmap,
  type LabelScheme,
  mergeEdits,
  type NamedEdit,
  type PaneCursor,
  type PaneDrag,
  type PaneEditor,
  type PaneMark,
  type PanePoint,
  type PaneSlice,
  redo,
  type RingRule,
  ringRules,
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
} from '~/viewer';

import { actionOf, growCut } from './actions';
import { beginDrag } from './drags';
import { Drawing } from './drawing';
import { newEditId } from './editId';
import { Linting } from './linting';
import {
  type ActionKey,
  initialTools,
  closesRegions,
  type LoggedKey,
  loggedTool,
  overRules,
  paintsLabels,
  TOOL_KEYS,
  type ToolKey,
  type ToolState,
  usesBrush,
} from './toolset';

/** The overlay under which a viewer shows what is drawn. */
export const DRAWING = { key: 'drawing', url: 'drawing:' } as const;

interface EditorParts {
  readonly labelmap: Labelmap;
  readonly scheme: LabelScheme;
  readonly history: History;
  /** Whether voxels can be marked as unsure, as a rater's can; not in what experts decide. */
  readonly marksUnsure: boolean;
  /** Where the pointer is, or that it has left; for those who draw together. */
  readonly onPoint?: PaneEditor['point'];
  /** An edit that is painted and in the history. */
  readonly onEdit: (edit: NamedEdit, started_at: string) => void;
}

export class LabelEditor implements PaneEditor {
  readonly scheme: LabelScheme;
  /** What its regions may enclose; none where nothing nests. */
  readonly ringRules: readonly RingRule[];
  readonly drawing: Drawing;
  /** The tools that can be used here. */
  readonly toolKeys: readonly ToolKey[];
  readonly tools: Store<ToolState>;
  readonly history: Store<History>;
  /** What a tool could not do, in a sentence. */
  readonly notice = new Store<string | null>(null);
  /** Where others point. */
  readonly others = new Store<readonly PaneMark[]>([]);
  readonly linting = new Linting(this);
  readonly outlineStore = new Store<ReturnType<PaneEditor['outline']>>(null);
  private session: Session | null = null;
  private isGrowing = false;

  constructor(private readonly parts: EditorParts) {
    this.scheme = parts.scheme;
    this.ringRules = ringRules(parts.scheme);
    this.tools = new Store(initialTools(this.scheme.labels.find(({ value }) => value !== 0)?.value ?? 1));
    this.history = new Store(parts.history);
    const marksUnsure = parts.marksUnsure && allowsUnsure(this.scheme);
    this.toolKeys = TOOL_KEYS.filter((tool) => tool !== 'unsure' || marksUnsure);
    this.drawing = new Drawing({ ...parts.labelmap, marksUnsure }, () =>
      this.session?.store.update((state) => ({ ...state, edits: state.edits + 1 })),
    );
  }

  /** Show the drawing in a viewer. */
  attach(session: Session): void {
    this.session = session;
    const { labelmap, changes } = this.drawing;
    session.store.update((state) => setFile(state, DRAWING.url, { status: 'labelmap', labelmap, changes }));
  }

  choose(change: Partial<ToolState>): void {
    this.tools.update((state) => ({ ...state, ...change }));
    this.notice.update(() => null);
    // Who takes a tool wants to use it.
    if (change.tool) this.session?.store.update((state) => (state.measuring ? { ...state, measuring: false } : state));
  }

  color(label: number): string {
    return this.scheme.labels.find(({ value }) => value === label)?.color ?? '#ffffff';
  }

  // --- PaneEditor

  begin(slice: PaneSlice, point: PanePoint): PaneDrag | null {
    const state = this.tools.get();
    if (state.tool === 'navigate' || this.isMeasuring || this.isHidden(state)) return null;
    return this.attempt(() => beginDrag(this, slice, point, state)) ?? null;
  }

  cursor(): PaneCursor | null {
    const { tool, radius_mm, label } = this.tools.get();
    if (tool === 'navigate' || this.isMeasuring) return null;
    return { radius_mm: usesBrush(tool) ? radius_mm : 0, color: paintsLabels(tool) ? this.color(label) : '#ffffff' };
  }

  private get isMeasuring(): boolean {
    return this.session?.store.get().measuring ?? false;
  }

  outline(): ReturnType<PaneEditor['outline']> {
    return this.outlineStore.get();
  }

  marks(): readonly PaneMark[] {
    return this.others.get();
  }

  get point(): PaneEditor['point'] {
    return this.parts.onPoint;
  }

  subscribe(listener: () => void): () => void {
    const stops = [this.tools, this.outlineStore, this.others].map((store) => store.subscribe(listener));
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

  /**
   * Take an edit that is painted already into the history, with what has to follow it for regions to stay consistent.
   *
   * @param plane in which it was painted; null in three dimensions.
   */
  finish(tool: LoggedKey, edit: Edit, started_at: string, state: ToolState, plane: SlicePlane | null): void {
    if (!state.keepRegions || !closesRegions(tool)) return this.log(tool, edit, started_at, state);
    const options = { rules: this.ringRules, label: state.label, plane, paint: overRules(state) };
    const closing = closeRegions(this.drawing.labelmap, edit, options);
    this.drawing.apply(closing);
    this.log(tool, closing.start.length > 0 ? mergeEdits([edit, closing]) : edit, started_at, state);
  }

  /** Take an edit that is painted already into the history. */
  log(tool: LoggedKey, edit: Edit, started_at: string, { is3d, label }: ToolState): void {
    if (edit.start.length === 0) return;
    const named: NamedEdit = {
      edit_id: newEditId(),
      tool: loggedTool(tool, is3d),
      label: tool === 'eraser' || tool === 'unsure' || label === 0 ? null : label,
      edit,
      undoes: null,
    };
    this.add(named, started_at);
  }

  /** The same for an edit that has its name. */
  add(edit: NamedEdit, started_at: string): void {
    this.history.update((history) => withEdit(history, edit));
    this.tell(edit, started_at);
  }

  /** An edit that is not painted yet. */
  paint(tool: LoggedKey, edit: Edit, state: ToolState, plane: SlicePlane | null): void {
    this.drawing.apply(edit);
    this.finish(tool, edit, new Date().toISOString(), state, plane);
  }

  /** Mend a finding of the linter: an edit like any other, unless all of it was painted over meanwhile. */
  mend(edit: Edit, label: number): void {
    if (this.drawing.isStroking || edit.start.length === 0) return;
    this.paint('fix', edit, { ...this.tools.get(), label }, null);
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
    if (action === 'growcut') return this.growCut(state);
    this.attempt(() => {
      const { edit, plane: where } = actionOf(action, this.drawing.labelmap, plane, this.nextSlice(plane), state);
      this.paint(action, edit, state, where);
      if (action === 'copy') this.goToNextSlice();
    });
  }

  private growCut(state: ToolState): void {
    if (!this.session || this.isGrowing) return;
    this.isGrowing = true;
    void growCut(this, this.session, state).finally(() => {
      this.isGrowing = false;
    });
  }

  private step(makeStep: () => Step | null): void {
    const step = this.drawing.isStroking ? null : makeStep();
    if (!step) return;
    this.drawing.apply(step.edit.edit);
    this.history.update(() => step.history);
    this.tell(step.edit, new Date().toISOString());
  }

  private tell(edit: NamedEdit, started_at: string): void {
    this.notice.update(() => null);
    this.parts.onEdit(edit, started_at);
  }

  /** Nobody paints what is not seen. */
  private isHidden({ label, tool }: ToolState): boolean {
    const state = this.session?.store.get();
    const shown = state?.overlaysOn && state.shownOverlays.has(DRAWING.key);
    const hidden = paintsLabels(tool) && state?.hiddenLabels.has(labelId(this.scheme, label));
    if (shown && !hidden) return false;
    this.notice.update(() => (hidden ? 'This label is hidden: show it before you paint with it.' : 'Labels are hidden: show them before you paint.'));
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

  private nextSlice({ slice }: SlicePlane): number {
    return slice + (this.activeGeometry()?.slice.flipped ? -1 : 1);
  }

  private goToNextSlice(): void {
    const geometry = this.activeGeometry();
    if (geometry) this.session?.store.update((state) => stepSlices(state, this.drawing.labelmap.shape, geometry, 1));
  }
}
