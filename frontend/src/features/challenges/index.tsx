export { ChallengesPage as Component } from './ChallengesPage';
