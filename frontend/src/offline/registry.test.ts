import 'fake-indexeddb/auto';

import { expect, test } from 'vitest';

import { addSteps, type KeptCase, logBytes, putLog, putSnapshot, readLog, type Step } from './registry';
import { isOver, LONGEST_MS, type SizedCase, toMakeRoom } from './room';

function step(number: number): Step {
  return {
    number, edit_id: `edit-${number}`, kind: 'edit', tool: 'brush', label: 1, runs: 'AAAA', undoes: null,
    note: '', voxels_changed: 1, active_ms: 0, started_at: null, created_at: '',
  };
}

const FILE = new Uint8Array([1, 2, 3]);

test('a log grows without gaps, and says from where it lacks steps', async () => {
  await putLog({ annotation: 'one', head: 1, number: 1, file: FILE }, [step(1)]);
  expect(await addSteps('one', [step(1), step(2)])).toBeNull();
  expect(await addSteps('one', [step(4)])).toBe(2);
  expect(await addSteps('one', [step(3), step(4)])).toBeNull();
  expect(await addSteps('unknown', [step(1)])).toBeNull();
  const kept = await readLog('one');
  expect(kept?.log.head).toBe(4);
  expect(kept?.steps.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(await logBytes('one')).toBe(3 + 4 * 4);
  expect(await readLog('unknown')).toBeNull();
});

test('a snapshot only ever goes forward, and never beyond the log', async () => {
  await putLog({ annotation: 'two', head: 3, number: 2, file: FILE }, [1, 2, 3].map(step));
  for (const number of [1, 4]) await putSnapshot('two', number, new Uint8Array(9));
  expect((await readLog('two'))?.log).toMatchObject({ number: 2, file: FILE });
  await putSnapshot('two', 3, new Uint8Array(9));
  expect((await readLog('two'))?.log).toMatchObject({ number: 3, head: 3 });
});

function sized(assignment: string, opened_at_ms: number, unsent = 0): SizedCase {
  const kept: KeptCase = { assignment, annotation: assignment, person: 1, name: '', bytes: 0, opened_at_ms, checked_at_ms: 0, isWhole: true };
  return { ...kept, all_bytes: 10, unsent };
}

test('room is made by what was opened longest ago, never by unsent work or the case itself', () => {
  const kept = [sized('new', 9), sized('old', 1), sized('unsent', 2, 3), sized('middle', 5)];
  const leaving = (most: number) => toMakeRoom(kept, 'new', most).map(({ assignment }) => assignment);
  expect(leaving(40)).toEqual([]);
  expect(leaving(30)).toEqual(['old']);
  expect(leaving(29)).toEqual(['old', 'middle']);
  expect(leaving(0)).toEqual(['old', 'middle']);
  expect(toMakeRoom(kept, 'old', 30).map(({ assignment }) => assignment)).toEqual(['middle']);
});

test('what is somebody else’s, or was not confirmed for too long, is over', () => {
  const kept = { ...sized('a', 0), checked_at_ms: 1000 };
  expect(isOver(kept, 1, 1000 + LONGEST_MS)).toBe(false);
  expect(isOver(kept, 1, 1001 + LONGEST_MS)).toBe(true);
  expect(isOver(kept, 2, 1000)).toBe(true);
  expect(isOver(kept, null, 1000)).toBe(true);
});
