export { ChallengePage as Component } from './ChallengePage';
