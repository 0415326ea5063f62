export { PhaseBadge } from './PhaseBadge';
export { PhaseSelect } from './PhaseSelect';
export { ruleInWords, ruleOf } from './rankingRule';
export { defaultPhase, phaseState, submissionBarrier } from './state';
export { text as phaseText } from './text';
export { useRankingRule } from './useRankingRule';
