/** Edits that the server has not confirmed, in this browser's IndexedDB: they outlive the tab. */
import { type DBSchema, openDB } from 'idb';

import type { LoggedEdit } from './loggedEdit';

export interface DeviceStore {
  put(edit: LoggedEdit): Promise<void>;
  remove(edit_ids: readonly string[]): Promise<void>;
  /** In the order in which they were made. */
  all(): Promise<LoggedEdit[]>;
}

interface Schema extends DBSchema {
  edits: { key: string; value: LoggedEdit & { annotation: string }; indexes: { annotation: string } };
}

const NAME = 'consilium-studio';

/** @throws where the browser has no IndexedDB or refuses it, as some do in private windows. */
export async function openDeviceStore(annotation: string): Promise<DeviceStore> {
  const database = await openDB<Schema>(NAME, 1, {
    upgrade(opened) {
      opened.createObjectStore('edits', { keyPath: 'edit_id' }).createIndex('annotation', 'annotation');
    },
  });
  return {
    async put(edit) {
      const write = database.transaction('edits', 'readwrite', { durability: 'strict' });
      await Promise.all([write.store.put({ ...edit, annotation }), write.done]);
    },
    async remove(edit_ids) {
      const write = database.transaction('edits', 'readwrite');
      await Promise.all([...edit_ids.map((id) => write.store.delete(id)), write.done]);
    },
    async all() {
      const found = await database.getAllFromIndex('edits', 'annotation', annotation);
      return found.sort((a, b) => (a.edit_id < b.edit_id ? -1 : 1));
    },
  };
}
