/** The words of `/ws/live/`, and the delay before the next try. Pure. */
import type { LiveAnswer } from '../api/types';

export type RoomTopic = `adjudication:${string}`;
export type Topic = `${'challenge' | 'dataset' | 'rater' | 'board' | 'phase' | 'submission' | 'submissions' | 'algorithm' | 'run' | 'training' | 'models'}:${string}` | RoomTopic;

/** Every kind of answer; the type makes a forgotten one an error here. */
const ANSWERS: Readonly<Record<LiveAnswer['type'], true>> = {
  subscribed: true,
  unsubscribed: true,
  refused: true,
  pong: true,
  error: true,
  event: true,
  joined: true,
  cursor: true,
  left: true,
  edit: true,
};

/** The server's message, or null where it is none that this page knows (an older page, a newer server). */
export function readMessage(text: string): LiveAnswer | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  return String(message.type) in ANSWERS ? (message as LiveAnswer) : null;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Doubling delays; `random` in [0, 1) takes up to half away, so that browsers do not all come back at once. */
export function reconnectDelayMs(failures: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 16));
  return delay * (1 - random / 2);
}
