export { LiveProvider, useLiveSocket, useLiveStatus, useTopic } from './provider';
export type { LiveStatus } from './socket';
export type { RoomTopic, Topic } from './protocol';
export type { Present, Room, RoomCursor, RoomEdit, RoomListeners, RoomPerson, RoomVoxel } from './room';
export { usePeopleIn, useRoom } from './useRoom';
