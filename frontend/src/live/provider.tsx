import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';

import { staleAfter, staleOnSubscribing } from './invalidations';
import { Pacer } from './pacer';
import type { Topic } from './protocol';
import { LiveSocket, type LiveStatus } from './socket';

interface Live {
  readonly socket: LiveSocket;
  readonly status: LiveStatus;
}

const LiveContext = createContext<Live | null>(null);

const REFETCH_EVERY_MS = 1_000;

function socketUrl(): string {
  const { protocol, host } = globalThis.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/live/`;
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>('idle');
  const [pacer] = useState(() => new Pacer(REFETCH_EVERY_MS));
  const [socket] = useState(
    () =>
      new LiveSocket(socketUrl(), {
        onEvent: (event) => {
          for (const queryKey of staleAfter(event)) {
            pacer.run(JSON.stringify(queryKey), () => void queries.invalidateQueries({ queryKey }));
          }
        },
        onSubscribed: (topic) => void queries.invalidateQueries({ queryKey: staleOnSubscribing(topic as Topic) }),
        onReconnect: () => void queries.invalidateQueries(),
        onStatus: setStatus,
      }),
  );

  useEffect(() => {
    const hurry = () => socket.hurry();
    window.addEventListener('online', hurry);
    return () => window.removeEventListener('online', hurry);
  }, [socket]);

  return <LiveContext value={{ socket, status }}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('useTopic and useLiveStatus need a LiveProvider above them.');
  return live;
}

/** Listens to a topic while the component is there; null listens to nothing. */
export function useTopic(topic: Topic | null): void {
  const { socket } = useLive();
  useEffect(() => (topic ? socket.subscribe(topic) : undefined), [socket, topic]);
}

export function useLiveStatus(): LiveStatus {
  return useLive().status;
}

export function useLiveSocket(): LiveSocket {
  return useLive().socket;
}
