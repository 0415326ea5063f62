/** What this device keeps of the cases that a rater opened, so that the studio opens without a network. */
export { fetchFiles } from './fetching';
export { hasCaches } from './files';
export { casesOf, forgetCase, forgetPerson, onKeptChange, settlePerson, tellKeptChange } from './kept';
export { keptFetch, withPatience } from './keptFetch';
export { keptPerson } from './person';
export {
  addSteps,
  type KeptCase,
  logBytes,
  putCase,
  putLog,
  putSnapshot,
  readLog,
  type Step,
  updateCase,
} from './registry';
export { MOST_BYTES, type SizedCase, toMakeRoom } from './room';
