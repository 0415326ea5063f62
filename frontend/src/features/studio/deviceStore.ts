/** Edits that the server has not confirmed, in this browser's IndexedDB: they outlive the tab. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

import type { LoggedEdit } from './loggedEdit';

export interface DeviceStore {
  put(edit: LoggedEdit): Promise<void>;
  remove(edit_ids: readonly string[]): Promise<void>;
  /** In the order in which they were made. */
  all(): Promise<LoggedEdit[]>;
}

interface KeptEdit extends LoggedEdit {
  readonly annotation: string;
  /** Absent from those of before it was kept. */
  readonly painter?: number;
}

interface Schema extends DBSchema {
  edits: { key: string; value: KeptEdit; indexes: { annotation: string } };
}

const NAME = 'consilium-studio';

function openDatabase(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(NAME, 1, {
    upgrade(opened) {
      opened.createObjectStore('edits', { keyPath: 'edit_id' }).createIndex('annotation', 'annotation');
    },
  });
}

/**
 * @param painter whose edits these are: those of others are left alone. All, where undefined.
 * @throws where the browser has no IndexedDB or refuses it, as some do in private windows.
 */
export async function openDeviceStore(annotation: string, painter?: number): Promise<DeviceStore> {
  const database = await openDatabase();
  return {
    async put(edit) {
      const write = database.transaction('edits', 'readwrite', { durability: 'strict' });
      await Promise.all([write.store.put({ ...edit, annotation, ...(painter === undefined ? {} : { painter }) }), write.done]);
    },
    async remove(edit_ids) {
      const write = database.transaction('edits', 'readwrite');
      await Promise.all([...edit_ids.map((id) => write.store.delete(id)), write.done]);
    },
    async all() {
      const found = await database.getAllFromIndex('edits', 'annotation', annotation);
      const own = found.filter((edit) => isOf(edit, painter));
      return own.sort((a, b) => (a.edit_id < b.edit_id ? -1 : 1));
    },
  };
}

/** How many edits of a person wait here, by annotation. */
export async function unsentCounts(painter: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const edit of await (await openDatabase()).getAll('edits')) {
    if (isOf(edit, painter)) counts.set(edit.annotation, (counts.get(edit.annotation) ?? 0) + 1);
  }
  return counts;
}

function isOf(edit: KeptEdit, painter: number | undefined): boolean {
  return painter === undefined || edit.painter === undefined || edit.painter === painter;
}
