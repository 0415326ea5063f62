export { LiveProvider, useLiveSocket, useLiveStatus, useTopic } from './provider';
export type { LiveStatus } from './socket';
export type { Topic } from './protocol';
