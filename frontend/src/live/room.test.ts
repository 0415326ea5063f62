import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { LiveCommand } from '../api/types';
import { Pacer } from './pacer';
import { Room, type RoomCursor, type RoomEdit } from './room';
import type { RoomMessage } from './socket';

const TOPIC = 'adjudication:1';
const ANNA = { id: 7, name: 'Anna' };
const CURSOR = { voxel: [1, 2, 3], plane: 'axial', radius_mm: 2, label: 1, tool: 'brush', drawing: false, trail: [] } as const;

class FakeSocket {
  hear: (message: RoomMessage) => void = () => undefined;
  readonly said: Extract<LiveCommand, { command: 'cursor' }>[] = [];
  isIn = false;

  enter(_topic: string, hear: (message: RoomMessage) => void): () => void {
    this.hear = hear;
    this.isIn = true;
    return () => (this.isIn = false);
  }

  say(command: Extract<LiveCommand, { command: 'cursor' }>): void {
    this.said.push(command);
  }

  cursor(cursor: object | null, connection = 'a'): void {
    this.hear({ type: 'cursor', topic: TOPIC, person: ANNA, connection, cursor: cursor as never });
  }
}

let socket: FakeSocket;
let room: Room;
let leave: () => void;
const onEdit = vi.fn<(edit: RoomEdit) => void>();
const onCatchUp = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  onEdit.mockClear();
  onCatchUp.mockClear();
  socket = new FakeSocket();
  room = new Room(socket, TOPIC);
  leave = room.enter({ onEdit, onCatchUp });
});

afterEach(() => {
  leave();
  vi.useRealTimers();
});

function own(cursor: Partial<RoomCursor> = {}): Omit<RoomCursor, 'trail'> {
  return { ...CURSOR, ...cursor };
}

describe('the others', () => {
  test('come, point and leave', () => {
    const seen = vi.fn();
    room.subscribe(seen);
    socket.hear({ type: 'joined', topic: TOPIC, person: ANNA, connection: 'a' });
    expect(room.get()).toMatchObject([{ person: ANNA, connection: 'a', cursor: null }]);
    socket.cursor(CURSOR);
    expect(room.get()[0]?.cursor).toEqual(CURSOR);
    socket.hear({ type: 'left', topic: TOPIC, connection: 'a' });
    expect(room.get()).toEqual([]);
    expect(seen).toHaveBeenCalledTimes(3);
  });

  test('are asked for anew when the room is entered again, and the log with them', () => {
    socket.cursor(CURSOR);
    socket.hear({ type: 'subscribed', topic: TOPIC });
    expect(room.get()).toEqual([]);
    expect(onCatchUp).toHaveBeenCalledTimes(1);
  });

  test('who has said nothing for long has gone', () => {
    socket.cursor(CURSOR, 'a');
    vi.advanceTimersByTime(40_000);
    socket.cursor(CURSOR, 'b');
    vi.advanceTimersByTime(20_000);
    expect(room.get().map(({ connection }) => connection)).toEqual(['b']);
  });

  test('a trail stays until its edit comes, or for a moment', () => {
    const trail = [[1, 2, 3], [4, 2, 3]];
    socket.cursor({ ...CURSOR, drawing: true, trail });
    socket.cursor(CURSOR);
    socket.cursor({ ...CURSOR, voxel: [9, 9, 3] });
    expect(room.get()[0]?.cursor).toMatchObject({ voxel: [9, 9, 3], trail });
    const edit = { author: ANNA } as RoomEdit;
    socket.hear({ type: 'edit', topic: TOPIC, edit });
    expect(onEdit).toHaveBeenCalledExactlyOnceWith(edit);
    expect(room.get()[0]?.cursor?.trail).toEqual([]);
    socket.cursor({ ...CURSOR, drawing: true, trail });
    socket.cursor(CURSOR);
    vi.advanceTimersByTime(2_000);
    socket.cursor(CURSOR);
    expect(room.get()[0]?.cursor?.trail).toEqual([]);
  });
});

describe('one’s own cursor', () => {
  test('is told at once, then not too often, and the last place always', () => {
    for (let x = 0; x < 100; x += 1) {
      room.point(own({ voxel: [x, 0, 0] }));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(socket.said.length).toBeGreaterThan(20);
    expect(socket.said.length).toBeLessThanOrEqual(30);
    expect(socket.said.at(-1)?.cursor?.voxel).toEqual([99, 0, 0]);
  });

  test('carries the whole stroke, thinned out, in a frame that the server takes', () => {
    for (let x = 0; x < 1000; x += 1) room.point(own({ voxel: [100 + x / 3, 700 / 3, 155.123456], drawing: true, tool: 'x'.repeat(40) }));
    vi.advanceTimersByTime(100);
    const last = socket.said.at(-1);
    expect(last?.cursor?.trail.length).toBeLessThanOrEqual(64);
    expect(last?.cursor?.trail[0]?.[0]).toBe(100);
    expect(last?.cursor?.trail.at(-1)).toEqual([433, 233.3, 155.1]);
    expect(JSON.stringify({ ...last, topic: `adjudication:${'0'.repeat(36)}` }).length).toBeLessThan(2000);
    room.point(own({ drawing: false }));
    vi.advanceTimersByTime(100);
    expect(socket.said.at(-1)?.cursor?.trail).toEqual([]);
  });

  test('says now and then that one is here, and asks what was missed', () => {
    vi.advanceTimersByTime(31_000);
    expect(socket.said).toEqual([
      { command: 'cursor', topic: TOPIC, cursor: null },
      { command: 'cursor', topic: TOPIC, cursor: null },
    ]);
    expect(onCatchUp).toHaveBeenCalledTimes(2);
    leave();
    vi.advanceTimersByTime(60_000);
    expect(socket.said.length).toBe(2);
    expect(socket.isIn).toBe(false);
  });
});

test('what is asked for often is done at once, once in a while, and at last', () => {
  const done = vi.fn();
  const pacer = new Pacer(1_000);
  for (let i = 0; i < 25; i += 1) {
    pacer.run('a', done);
    vi.advanceTimersByTime(100);
  }
  expect(done).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(5_000);
  expect(done).toHaveBeenCalledTimes(4);
  pacer.run('b', done);
  expect(done).toHaveBeenCalledTimes(5);
});
