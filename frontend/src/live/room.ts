/** A room: who is in it and where they point, edits as they come, and one's own cursor, told not too often. */
import type { components } from '../api/schema';
import type { RoomTopic } from './protocol';
import type { LiveSocket, RoomMessage } from './socket';

type Schemas = components['schemas'];
/** Voxel indices, whole at the voxels' centres. */
export type RoomVoxel = readonly [number, number, number];
export type RoomPerson = Schemas['LiveRoomPerson'];
export type RoomEdit = Schemas['LiveRoomEdit'];

export interface RoomCursor extends Omit<Schemas['LiveCursor'], 'voxel' | 'trail'> {
  readonly voxel: RoomVoxel;
  /** The stroke that is being drawn, thinned out; it stays until its edit has come. */
  readonly trail: readonly RoomVoxel[];
}

/** Somebody else's page in the room; a person may have several. */
export interface Present {
  readonly connection: string;
  readonly person: RoomPerson;
  /** Null while they point nowhere. */
  readonly cursor: RoomCursor | null;
}

export interface RoomListeners {
  readonly onEdit: (edit: RoomEdit) => void;
  /** Something may have been missed: one has just come in, or come back, or long not asked. Nothing is kept for who is not there. */
  readonly onCatchUp: () => void;
}

interface Seen extends Present {
  readonly at_ms: number;
  /** Of the trail of a stroke that has ended. */
  readonly until_ms: number;
}

const BETWEEN_MOVES_MS = 40;
const MOST_TRAIL = 64;
/** A trail whose edit does not come, as the stroke was cancelled. */
const TRAIL_STAYS_MS = 1_500;
const HEARTBEAT_MS = 15_000;
/** Who has said nothing for so long has gone without a word. */
const GONE_AFTER_MS = 50_000;

type Socket = Pick<LiveSocket, 'enter' | 'say'>;

export class Room {
  private seen: ReadonlyMap<string, Seen> = new Map();
  private people: readonly Present[] = [];
  private readonly watchers = new Set<() => void>();
  private cursor: RoomCursor | null = null;
  private said_ms = -Infinity;
  private sayTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: Socket,
    readonly topic: RoomTopic,
  ) {}

  /** Go in, until the returned function is called. */
  enter(listeners: RoomListeners): () => void {
    const release = this.socket.enter(this.topic, (message) => this.hear(message, listeners));
    const heartbeat = setInterval(() => this.beat(listeners), HEARTBEAT_MS);
    return () => {
      clearInterval(heartbeat);
      clearTimeout(this.sayTimer);
      this.sayTimer = undefined;
      release();
      this.show(new Map());
    };
  }

  /** The others, the longest here first; the same array until it changes. */
  get(): readonly Present[] {
    return this.people;
  }

  subscribe(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Point somewhere, or nowhere. The trail of a stroke is kept here: tell every place of it. */
  point(cursor: Omit<RoomCursor, 'trail'> | null): void {
    const voxel = cursor && rounded(cursor.voxel);
    this.cursor = cursor && voxel && { ...cursor, voxel, trail: cursor.drawing ? longer(this.trail, voxel) : [] };
    if (this.sayTimer !== undefined) return;
    const wait_ms = this.said_ms + BETWEEN_MOVES_MS - Date.now();
    if (wait_ms <= 0) this.say();
    else this.sayTimer = setTimeout(() => this.say(), wait_ms);
  }

  private get trail(): readonly RoomVoxel[] {
    return this.cursor?.drawing ? this.cursor.trail : [];
  }

  private say(): void {
    clearTimeout(this.sayTimer);
    this.sayTimer = undefined;
    this.said_ms = Date.now();
    // A copy, for the wire's types have no readonly.
    const cursor = this.cursor && { ...this.cursor, voxel: [...this.cursor.voxel], trail: this.cursor.trail.map((place) => [...place]) };
    this.socket.say({ command: 'cursor', topic: this.topic, cursor });
  }

  private hear(message: RoomMessage, { onEdit, onCatchUp }: RoomListeners): void {
    switch (message.type) {
      case 'subscribed':
        // Everybody who is there answers anew.
        this.show(new Map());
        return onCatchUp();
      case 'joined':
        return this.put({ ...message, cursor: null });
      case 'cursor':
        return this.put(message);
      case 'left':
        return this.show(new Map([...this.seen].filter(([connection]) => connection !== message.connection)));
      case 'edit':
        onEdit(message.edit);
        return this.endTrails(message.edit.author.id);
    }
  }

  private put({ connection, person, cursor }: { connection: string; person: RoomPerson; cursor: Schemas['LiveCursor'] | null }): void {
    const at_ms = Date.now();
    const before = this.seen.get(connection);
    const ended = before?.cursor?.drawing ? at_ms + TRAIL_STAYS_MS : (before?.until_ms ?? 0);
    const until_ms = cursor?.drawing ? 0 : ended;
    const trail = at_ms < until_ms ? (before?.cursor?.trail ?? []) : ((cursor?.trail ?? []) as unknown as RoomVoxel[]);
    const now = cursor && { ...cursor, voxel: cursor.voxel as unknown as RoomVoxel, trail };
    this.show(new Map(this.seen).set(connection, { connection, person, cursor: now, at_ms, until_ms }));
  }

  /** The stroke's edit has come. */
  private endTrails(person: number): void {
    const ended = ({ cursor, person: { id } }: Seen) => id === person && cursor !== null && !cursor.drawing && cursor.trail.length > 0;
    if (![...this.seen.values()].some(ended)) return;
    const clear = (seen: Seen) => (seen.cursor && ended(seen) ? { ...seen, until_ms: 0, cursor: { ...seen.cursor, trail: [] } } : seen);
    this.show(new Map([...this.seen].map(([connection, seen]) => [connection, clear(seen)])));
  }

  private beat({ onCatchUp }: RoomListeners): void {
    this.say();
    onCatchUp();
    const now = Date.now();
    const here = [...this.seen].filter(([, { at_ms }]) => now - at_ms < GONE_AFTER_MS);
    if (here.length < this.seen.size) this.show(new Map(here));
  }

  private show(seen: ReadonlyMap<string, Seen>): void {
    if (seen.size === 0 && this.seen.size === 0) return;
    this.seen = seen;
    this.people = [...seen.values()];
    this.watchers.forEach((watcher) => watcher());
  }
}

/** To a tenth of a voxel: a frame with a whole trail must not be long. */
function rounded([x, y, z]: RoomVoxel): RoomVoxel {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return [tenth(x), tenth(y), tenth(z)];
}

/** The trail with one place more; a long one loses every second place, but not its ends. */
function longer(trail: readonly RoomVoxel[], voxel: RoomVoxel): readonly RoomVoxel[] {
  const last = trail.at(-1);
  if (last && last.every((index, axis) => index === voxel[axis])) return trail;
  const kept = trail.length < MOST_TRAIL ? trail : trail.filter((_, i) => i % 2 === 0);
  return [...kept, voxel];
}
