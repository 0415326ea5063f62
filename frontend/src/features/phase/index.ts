export { PhaseBadge } from './PhaseBadge';
export { PhaseSelect } from './PhaseSelect';
export { defaultPhase, phaseState, submissionBarrier } from './state';
export { text as phaseText } from './text';
