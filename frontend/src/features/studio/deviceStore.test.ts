import 'fake-indexeddb/auto';

import { expect, test } from 'vitest';

import { editBetween } from '~/viewer';

import { newEditId } from '../drawing';
import { openDeviceStore, unsentCounts } from './deviceStore';
import type { LoggedEdit } from './loggedEdit';

function edit(label: number): LoggedEdit {
  const runs = editBetween(new Uint8Array(8), new Uint8Array(8).fill(label, 2, 5));
  return { edit_id: newEditId(), tool: 'brush', label, edit: runs, undoes: null, started_at: '', active_ms: 1 };
}

test('what is put is there after opening again, in order, and only for its annotation', async () => {
  const edits = [edit(1), edit(2), edit(3)];
  const store = await openDeviceStore('one');
  for (const each of edits) await store.put(each);
  await (await openDeviceStore('two')).put(edit(4));
  const again = await openDeviceStore('one');
  expect((await again.all()).map(({ edit_id, edit: runs }) => [edit_id, runs])).toEqual(
    edits.map(({ edit_id, edit: runs }) => [edit_id, runs]),
  );
  await again.remove([edits[1]?.edit_id ?? '']);
  expect((await store.all()).map(({ label }) => label)).toEqual([1, 3]);
});

test('ids sort in the order in which they are made, even where the clock goes back', () => {
  const ids = [newEditId(5_000_000_000_000), newEditId(4_000_000_000_000), newEditId(4_000_000_000_000)];
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('edits are shown and counted for their painter alone', async () => {
  const mine = await openDeviceStore('shared', 1);
  await mine.put(edit(1));
  await mine.put(edit(2));
  await (await openDeviceStore('shared', 2)).put(edit(3));
  expect((await mine.all()).map(({ label }) => label)).toEqual([1, 2]);
  expect((await unsentCounts(1)).get('shared')).toBe(2);
  expect((await unsentCounts(2)).get('shared')).toBe(1);
  expect((await unsentCounts(3)).get('shared')).toBeUndefined();
});
