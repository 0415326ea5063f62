/** One websocket for the whole page: it comes back by itself, and subscribes again when it does. */
import type { LiveAnswer, LiveCommand, LiveEvent } from '../api/types';
import { readMessage, reconnectDelayMs } from './protocol';
import { TopicCounts } from './topics';

/** `idle`: nobody listens to anything, whatever the connection does. */
export type LiveStatus = 'idle' | 'connecting' | 'open' | 'waiting';

/** What is said on a room's topic. */
export type RoomMessage = Extract<LiveAnswer, { type: 'subscribed' | 'joined' | 'cursor' | 'left' | 'edit' }>;

const OF_ROOMS: readonly string[] = ['subscribed', 'joined', 'cursor', 'left', 'edit'] satisfies RoomMessage['type'][];

function isOfRoom(message: LiveAnswer): message is RoomMessage {
  return OF_ROOMS.includes(message.type);
}

interface Listeners {
  readonly onEvent: (event: LiveEvent) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** From now on the topic's events come; what was fetched before may have missed some. */
  readonly onSubscribed: (topic: string) => void;
  /** Events may have been missed: whatever is shown is to be fetched again. */
  readonly onReconnect: () => void;
}

const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;

export class LiveSocket {
  private readonly topics = new TopicCounts();
  private readonly rooms = new Map<string, Set<(message: RoomMessage) => void>>();
  private socket: WebSocket | null = null;
  private link: LiveStatus = 'idle';
  private failures = 0;
  private wasOpen = false;
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private pongTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listeners: Listeners,
  ) {}

  /** Listens until the returned function is called. */
  subscribe(topic: string): () => void {
    if (this.topics.add(topic)) this.send({ command: 'subscribe', topic });
    if (!this.socket && !this.reconnectTimer) this.connect();
    this.tellStatus(this.link);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (this.topics.remove(topic)) this.send({ command: 'unsubscribe', topic });
      this.tellStatus(this.link);
    };
  }

  /** Enters a room until the returned function is called; `hear` is told `subscribed` whenever the room is entered. */
  enter(topic: string, hear: (message: RoomMessage) => void): () => void {
    const listeners = this.rooms.get(topic) ?? new Set();
    this.rooms.set(topic, listeners.add(hear));
    const release = this.subscribe(topic);
    return () => {
      listeners.delete(hear);
      release();
    };
  }

  /** Says something in a room; without a connection nobody hears it. */
  say(command: Extract<LiveCommand, { command: 'cursor' }>): void {
    this.send(command);
  }

  /** Another person logged in or out: what may be listened to is decided anew. */
  restart(): void {
    this.drop();
    this.failures = 0;
    if (this.topics.all().length > 0) this.connect();
    else this.tellStatus('idle');
  }

  /** The browser says that the network is back. */
  hurry(): void {
    if (this.reconnectTimer) this.connect();
  }

  close(): void {
    this.drop();
    this.tellStatus('idle');
  }

  private connect(): void {
    this.drop();
    this.tellStatus('connecting');
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message: MessageEvent<unknown>) => this.received(message.data);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private opened(): void {
    this.failures = 0;
    for (const topic of this.topics.all()) this.send({ command: 'subscribe', topic });
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY_MS);
    this.tellStatus('open');
    if (this.wasOpen) this.listeners.onReconnect();
    this.wasOpen = true;
  }

  private received(data: unknown): void {
    clearTimeout(this.pongTimer);
    const message = typeof data === 'string' ? readMessage(data) : null;
    if (message?.type === 'event') this.listeners.onEvent(message.event);
    if (message?.type === 'subscribed') this.listeners.onSubscribed(message.topic);
    if (message && isOfRoom(message)) for (const hear of this.rooms.get(message.topic) ?? []) hear(message);
  }

  private lost(): void {
    this.drop();
    this.tellStatus('waiting');
    this.reconnectTimer = setTimeout(() => this.connect(), reconnectDelayMs(this.failures, Math.random()));
    this.failures += 1;
  }

  /** A connection that died silently (a sleeping laptop) answers no ping. */
  private ping(): void {
    this.send({ command: 'ping' });
    clearTimeout(this.pongTimer);
    this.pongTimer = setTimeout(() => this.lost(), PONG_WITHIN_MS);
  }

  private tellStatus(link: LiveStatus): void {
    this.link = link;
    this.listeners.onStatus(this.topics.all().length > 0 ? link : 'idle');
  }

  private send(message: LiveCommand): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private drop(): void {
    clearTimeout(this.reconnectTimer);
    clearInterval(this.pingTimer);
    clearTimeout(this.pongTimer);
    this.reconnectTimer = undefined;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
