import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';

import type { RoomTopic } from './protocol';
import { useLiveSocket } from './provider';
import { type Present, Room, type RoomListeners } from './room';

/** In the room while the component is there. One component per room enters it; the others take what it gives. */
export function useRoom(topic: RoomTopic, listeners: RoomListeners): Room {
  const socket = useLiveSocket();
  const room = useMemo(() => new Room(socket, topic), [socket, topic]);
  // The latest listeners, without leaving the room for them.
  const latest = useRef(listeners);
  useEffect(() => {
    latest.current = listeners;
  });
  useEffect(
    () =>
      room.enter({
        onEdit: (edit) => latest.current.onEdit(edit),
        onCatchUp: () => latest.current.onCatchUp(),
      }),
    [room],
  );
  return room;
}

/** The others in the room with their cursors; renders with every move of one. */
export function usePeopleIn(room: Room): readonly Present[] {
  return useSyncExternalStore(
    (watcher) => room.subscribe(watcher),
    () => room.get(),
  );
}
