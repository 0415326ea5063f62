export { LeaderboardPanel } from './LeaderboardPanel';
