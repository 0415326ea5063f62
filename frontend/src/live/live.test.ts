import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { keys } from '../api/queries';
import { staleAfter, staleOnSubscribing } from './invalidations';
import { readMessage, reconnectDelayMs } from './protocol';
import { LiveSocket, type LiveStatus } from './socket';
import { TopicCounts } from './topics';

describe('readMessage', () => {
  test('an event is read', () => {
    const message = { type: 'event', topic: 'board:1', event: { name: 'leaderboard_changed', phase_id: '1' } };
    expect(readMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each(['no JSON', '42', 'null', '{"type": "of a newer server"}'])('%s is passed over', (text) =>
    expect(readMessage(text)).toBeNull(),
  );
});

describe('reconnectDelayMs', () => {
  test('doubles up to half a minute', () => {
    expect([0, 1, 2, 6, 100].map((failures) => reconnectDelayMs(failures, 0))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  });

  test('jitter takes at most half away', () => {
    expect(reconnectDelayMs(2, 0.999)).toBeGreaterThan(1000);
    expect(reconnectDelayMs(2, 0.5)).toBe(1500);
  });
});

test('a topic is new with its first listener and gone with its last', () => {
  const topics = new TopicCounts();
  expect([topics.add('a'), topics.add('a'), topics.remove('a'), topics.remove('a')]).toEqual([true, false, false, true]);
  expect(topics.remove('a')).toBe(false);
  expect(topics.all()).toEqual([]);
});

test('a finished evaluation makes its submission stale, not the board', () => {
  const stale = staleAfter({ name: 'evaluation_completed', evaluation_id: 'e', submission_id: 's', phase_id: 'p' });
  expect(stale).toContainEqual(keys.submission('s'));
  expect(stale).not.toContainEqual(keys.leaderboard('p'));
  expect(staleAfter({ name: 'leaderboard_changed', phase_id: 'p' })).toEqual([keys.leaderboard('p'), ['model-comparison']]);
});

test('an analysis comes after its board, which stays; a new board makes the analysis stale too', () => {
  expect(staleAfter({ name: 'leaderboard_analysed', phase_id: 'p' })).toEqual([keys.ranking('p')]);
  const board = keys.leaderboard('p');
  expect(keys.ranking('p').slice(0, board.length)).toEqual(board);
});

/** The browser's side of a connection, driven by the test. */
class Wire {
  static readonly OPEN = 1;
  static all: Wire[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;

  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  break() {
    this.readyState = 3;
    this.onclose?.();
  }
  static last(): Wire {
    const wire = Wire.all.at(-1);
    if (!wire) throw new Error('No connection was made.');
    return wire;
  }
}

describe('LiveSocket', () => {
  const statuses: LiveStatus[] = [];
  const onReconnect = vi.fn();
  const onEvent = vi.fn();
  const onSubscribed = vi.fn();
  let socket: LiveSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', Wire);
    Wire.all = [];
    statuses.length = 0;
    onReconnect.mockClear();
    onEvent.mockClear();
    socket = new LiveSocket('ws://here/ws/live/', {
      onEvent,
      onReconnect,
      onSubscribed,
      onStatus: (status) => statuses.push(status),
    });
  });

  afterEach(() => {
    socket.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test('topics asked for before the connection are subscribed when it opens, once each', () => {
    socket.subscribe('board:1');
    socket.subscribe('board:1');
    Wire.last().open();
    expect(Wire.last().sent).toEqual(['{"command":"subscribe","topic":"board:1"}']);
  });

  test('the server hears of an unsubscription only with the last listener', () => {
    const first = socket.subscribe('board:1');
    const second = socket.subscribe('board:1');
    Wire.last().open();
    first();
    first();
    expect(Wire.last().sent).toHaveLength(1);
    second();
    expect(Wire.last().sent.at(-1)).toBe('{"command":"unsubscribe","topic":"board:1"}');
  });

  test('a subscription that took hold is told, so that what was missed before is fetched', () => {
    socket.subscribe('submission:1');
    Wire.last().open();
    expect(onSubscribed).not.toHaveBeenCalled();
    Wire.last().onmessage?.({ data: '{"type":"subscribed","topic":"submission:1"}' });
    expect(onSubscribed).toHaveBeenCalledExactlyOnceWith('submission:1');
    expect(staleOnSubscribing('submission:1')).toEqual(keys.submission('1'));
  });

  test('a lost connection comes back, subscribes again and has the page refetch', () => {
    socket.subscribe('board:1');
    Wire.last().open();
    expect(onReconnect).not.toHaveBeenCalled();
    Wire.last().break();
    expect(statuses.at(-1)).toBe('waiting');
    vi.advanceTimersByTime(1000);
    expect(Wire.all).toHaveLength(2);
    Wire.last().open();
    expect(Wire.last().sent).toEqual(['{"command":"subscribe","topic":"board:1"}']);
    expect(onReconnect).toHaveBeenCalledTimes(1);
    expect(statuses.at(-1)).toBe('open');
  });

  test('where nobody listens any more, nothing is live', () => {
    const release = socket.subscribe('board:1');
    Wire.last().open();
    expect(statuses.at(-1)).toBe('open');
    release();
    expect(statuses.at(-1)).toBe('idle');
    socket.subscribe('board:2');
    expect(statuses.at(-1)).toBe('open');
  });

  test('a connection that answers no ping is given up', () => {
    socket.subscribe('board:1');
    Wire.last().open();
    vi.advanceTimersByTime(36_000);
    expect(Wire.all.length).toBeGreaterThan(1);
  });

  test('an event reaches the page; noise does not', () => {
    socket.subscribe('board:1');
    Wire.last().open();
    Wire.last().onmessage?.({ data: '{"type":"event","topic":"board:1","event":{"name":"leaderboard_changed","phase_id":"1"}}' });
    Wire.last().onmessage?.({ data: 'noise' });
    expect(onEvent).toHaveBeenCalledExactlyOnceWith({ name: 'leaderboard_changed', phase_id: '1' });
  });
});
