import { useEffect } from 'react';

import { type Present, type Room, type RoomTopic, usePeopleIn, useRoom } from '~/live';
import { type PaneMark, pointInSlice } from '~/viewer';

import { personColor } from './colors';
import type { AdjudicationRoom } from './room';

/** Strokes and cursors of the others, and one's own for them. */
export function useShared(room: AdjudicationRoom, topic: string): Room {
  const { journal, editor } = room;
  const live = useRoom(topic as RoomTopic, {
    onEdit: (edit) => journal.hear([edit]),
    onCatchUp: () => journal.check(),
  });
  useEffect(
    () =>
      room.hearPoints((at, drawing) => {
        const { tool, label, radius_mm } = editor.tools.get();
        live.point(
          at && {
            voxel: pointInSlice(at.slice.geometry, at.point.position_mm, at.slice.slice),
            plane: at.slice.geometry.plane,
            radius_mm: editor.cursor()?.radius_mm ?? radius_mm,
            label: tool === 'navigate' ? null : label,
            tool,
            drawing,
          },
        );
      }),
    [room, editor, live],
  );
  useEffect(() => {
    const show = () => editor.others.update(() => live.get().flatMap(markOf));
    show();
    return live.subscribe(show);
  }, [editor, live]);
  return live;
}

/** The others, one entry a person however many pages they have open. */
export function usePeople(live: Room): readonly Present['person'][] {
  const present = usePeopleIn(live);
  return [...new Map(present.map(({ person }) => [person.id, person])).values()];
}

function markOf({ connection, person, cursor }: Present): PaneMark[] {
  if (!cursor) return [];
  const { voxel, radius_mm, trail } = cursor;
  return [{ key: connection, name: person.name, color: personColor(person.id), voxel, radius_mm, trail }];
}
