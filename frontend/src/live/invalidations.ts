/** Which kept answers an event makes stale. Events carry ids only: what changed is fetched, as far as permitted. */
import type { QueryKey } from '@tanstack/react-query';

import { keys } from '../api/queries';
import type { LiveEvent } from '../api/types';
import { assertNever } from '../assertNever';
import type { Topic } from './protocol';

export function staleAfter(event: LiveEvent): QueryKey[] {
  switch (event.name) {
    case 'import_received':
    case 'import_confirmed':
    case 'import_progressed':
      return [keys.dataset(event.dataset_id), ['imports', event.import_id]];
    case 'dataset_version_created':
      return [keys.dataset(event.dataset_id), keys.challenges];
    case 'fusion_changed':
    case 'consensus_refused':
      return [keys.dataset(event.dataset_id)];
    case 'consensus_created':
      return [keys.dataset(event.dataset_id), keys.case(event.case_id)];
    case 'assignment_changed':
      return [keys.dataset(event.dataset_id), keys.assignments];
    case 'annotation_revised':
    case 'annotation_submitted':
    case 'annotation_reopened':
      return [keys.dataset(event.dataset_id), keys.assignments, keys.annotation(event.annotation_id)];
    case 'adjudication_changed':
      return [keys.adjudications, keys.case(event.case_id), keys.dataset(event.dataset_id)];
    case 'phase_changed':
      return [keys.phase(event.phase_id), keys.challenges];
    case 'phase_reference_replaced':
      return [keys.phase(event.phase_id)];
    case 'submission_received':
    case 'submission_accepted':
      // The attempts that are left are part of the phase.
      return [...submissionKeys(event), keys.phase(event.phase_id), keys.challenges];
    case 'submission_changed':
    case 'submission_withdrawn':
      return submissionKeys(event);
    case 'evaluation_completed':
      // Of a model without some sequences the board says nothing, and the comparison does.
      return [...submissionKeys(event), ['model-comparison']];
    case 'rescoring_requested':
      return [keys.phaseSubmissions(event.phase_id)];
    case 'case_fusion_requested':
    case 'case_evaluation_requested':
    case 'rater_scores_requested':
    case 'raters_scored':
    case 'overlay_picture_requested':
      return [];
    case 'adjudication_edited':
      // Whoever is in the room has the edit itself, and keeps in step by it.
      return [];
    case 'leaderboard_changed':
      return [keys.leaderboard(event.phase_id), ['model-comparison']];
    case 'leaderboard_analysed':
      return [keys.ranking(event.phase_id)];
    case 'algorithm_version_uploaded':
      return [['algorithms', event.algorithm_id]];
    case 'algorithm_changed':
      return [['algorithms', event.algorithm_id], ['models', event.challenge_id]];
    case 'run_progressed':
      return [['runs', event.run_id], ['models', event.challenge_id, 'runs']];
    case 'run_requested':
    case 'run_ended':
      return [['runs', event.run_id], ['models', event.challenge_id]];
    case 'training_progressed':
      return [['trainings', event.training_id], ['models', event.challenge_id, 'trainings']];
    case 'training_requested':
    case 'training_ended':
      return [['trainings', event.training_id], ['models', event.challenge_id]];
    case 'run_computed':
      return [];
    default:
      return assertNever(event);
  }
}

/** What was fetched before the topic was listened to, and may have missed an event in between. */
export function staleOnSubscribing(topic: Topic): QueryKey {
  const [kind, id] = topic.split(':', 2) as [TopicKind, string];
  return KEY_OF_TOPIC[kind](id);
}

type TopicKind = Topic extends `${infer Kind}:${string}` ? Kind : never;

const KEY_OF_TOPIC: Readonly<Record<TopicKind, (id: string) => QueryKey>> = {
  challenge: () => keys.challenges,
  dataset: keys.dataset,
  rater: () => keys.assignments,
  board: keys.leaderboard,
  phase: keys.phase,
  submission: keys.submission,
  submissions: keys.phaseSubmissions,
  adjudication: keys.adjudication,
  algorithm: (id) => ['algorithms', id],
  run: (id) => ['runs', id],
  training: (id) => ['trainings', id],
  models: (id) => ['models', id],
};

function submissionKeys(event: { readonly submission_id: string; readonly phase_id: string }): QueryKey[] {
  return [keys.submission(event.submission_id), [...keys.submissions, 'mine'], keys.phaseSubmissions(event.phase_id)];
}
