/** For tests: one tab, with drawing, journal and history as the studio ties them together. */
import { type Edit, editBetween, EMPTY_HISTORY, type History, type Labelmap, type undo, withEdit } from '~/viewer';

import { Drawing, newEditId } from '../drawing';
import type { DeviceStore } from './deviceStore';
import type { EditServer } from './editServer';
import type { FakeServer } from './fakeServer';
import { Journal } from './journal';
import type { LoggedEdit } from './loggedEdit';
import type { OpenedLog } from './opening';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as unknown as Labelmap['affine'];

export function emptyLabelmap(): Labelmap {
  return { voxels: new Uint8Array(64), shape: [4, 4, 4], affine: AFFINE, spacing_mm: [1, 1, 1], orientation: 'RAS' };
}

export class MemoryDevice implements DeviceStore {
  readonly edits = new Map<string, LoggedEdit>();
  isFull = false;

  put(edit: LoggedEdit): Promise<void> {
    if (this.isFull) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.edits.set(edit.edit_id, edit);
    return Promise.resolve();
  }

  remove(ids: readonly string[]): Promise<void> {
    ids.forEach((id) => this.edits.delete(id));
    return Promise.resolve();
  }

  all(): Promise<LoggedEdit[]> {
    return Promise.resolve([...this.edits.values()].sort((a, b) => (a.edit_id < b.edit_id ? -1 : 1)));
  }
}

export class Tab {
  readonly drawing: Drawing;
  readonly journal: Journal;
  history: History;
  /** Ids of all edits, undos and redos. */
  readonly made: string[] = [];

  /** @param opened what the page began with; an empty annotation unless told. */
  constructor(
    server: FakeServer,
    readonly device = new MemoryDevice(),
    opened?: OpenedLog & { readonly fromDevice?: boolean },
    /** Asked instead of the bare server. */
    asked: EditServer = server,
  ) {
    this.drawing = new Drawing(opened?.labelmap ?? emptyLabelmap(), () => undefined);
    this.history = opened?.history ?? EMPTY_HISTORY;
    this.journal = new Journal({
      server: asked,
      device,
      canvas: this.drawing,
      head: opened?.head ?? 0,
      fromDevice: opened?.fromDevice ?? false,
      known: opened?.known ?? new Map<string, Edit>(),
      onHistory: (change) => (this.history = change(this.history)),
    });
    if (opened && opened.unconfirmed.length > 0) this.journal.replay(opened.unconfirmed);
  }

  get state() {
    return this.journal.state.get();
  }

  paint(voxels: readonly number[], label: number): void {
    const after = this.drawing.voxels.slice();
    voxels.forEach((i) => (after[i] = label));
    const edit = editBetween(this.drawing.voxels, after);
    const named = { edit_id: newEditId(), tool: 'brush', label, edit, undoes: null };
    this.made.push(named.edit_id);
    this.drawing.apply(edit);
    this.history = withEdit(this.history, named);
    this.journal.add({ ...named, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
  }

  step(which: typeof undo): void {
    const step = which(this.history, this.drawing.voxels, newEditId());
    if (!step) return;
    this.made.push(step.edit.edit_id);
    this.drawing.apply(step.edit.edit);
    this.history = step.history;
    this.journal.add({ ...step.edit, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
  }
}
