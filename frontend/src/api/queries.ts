/** Every read of these pages, with the key under which it is kept; live events name the same keys. */
import { queryOptions } from '@tanstack/react-query';

import { answered, api } from './client';
import { everyPage } from './pages';

const ALL = { limit: 1000 };

/** Keys start with the resource and its id, so that one prefix makes everything about it stale. */
export const keys = {
  me: ['me'] as const,
  tokens: ['tokens'] as const,
  challenges: ['challenges'] as const,
  challenge: (slug: string) => ['challenges', slug] as const,
  phases: ['phases'] as const,
  phase: (id: string) => ['phases', id] as const,
  leaderboard: (phaseId: string) => ['phases', phaseId, 'leaderboard'] as const,
  ranking: (phaseId: string) => ['phases', phaseId, 'leaderboard', 'ranking'] as const,
  phaseSubmissions: (phaseId: string) => ['phases', phaseId, 'submissions'] as const,
  cases: ['cases'] as const,
  case: (id: string) => ['cases', id] as const,
  submissions: ['submissions'] as const,
  submission: (id: string) => ['submissions', id] as const,
  datasets: ['datasets'] as const,
  dataset: (id: string) => ['datasets', id] as const,
  assignments: ['assignments'] as const,
  annotations: ['annotations'] as const,
  annotation: (id: string) => ['annotations', id] as const,
  adjudications: ['adjudications'] as const,
  adjudication: (id: string) => ['adjudications', id] as const,
};

export const queries = {
  me: () => queryOptions({ queryKey: keys.me, queryFn: () => answered(api.GET('/api/v1/me/')), staleTime: 60_000 }),

  tokens: () =>
    queryOptions({
      queryKey: keys.tokens,
      queryFn: () => answered(api.GET('/api/v1/tokens/', { params: { query: ALL } })),
    }),

  challenges: () =>
    queryOptions({
      queryKey: keys.challenges,
      queryFn: () => answered(api.GET('/api/v1/challenges/', { params: { query: ALL } })),
    }),

  challenge: (slug: string) =>
    queryOptions({
      queryKey: keys.challenge(slug),
      queryFn: () => answered(api.GET('/api/v1/challenges/{slug}/', { params: { path: { slug } } })),
    }),

  challengePhases: (slug: string) =>
    queryOptions({
      queryKey: [...keys.challenge(slug), 'phases'],
      queryFn: () =>
        answered(api.GET('/api/v1/challenges/{slug}/phases/', { params: { path: { slug }, query: ALL } })),
    }),

  phase: (id: string) =>
    queryOptions({
      queryKey: keys.phase(id),
      queryFn: () => answered(api.GET('/api/v1/phases/{phase_id}/', { params: { path: { phase_id: id } } })),
    }),

  phaseCases: (id: string) =>
    queryOptions({
      queryKey: [...keys.phase(id), 'cases'],
      queryFn: () => answered(api.GET('/api/v1/phases/{phase_id}/cases/', { params: { path: { phase_id: id }, query: ALL } })),
    }),

  leaderboard: (phaseId: string) =>
    queryOptions({
      queryKey: keys.leaderboard(phaseId),
      queryFn: () => answered(api.GET('/api/v1/phases/{phase_id}/leaderboard/', { params: { path: { phase_id: phaseId } } })),
    }),

  /** How stable the order of the board is; stale with the board. */
  ranking: (phaseId: string) =>
    queryOptions({
      queryKey: keys.ranking(phaseId),
      queryFn: () => answered(api.GET('/api/v1/phases/{phase_id}/ranking/', { params: { path: { phase_id: phaseId } } })),
    }),

  phaseSubmissions: (phaseId: string) =>
    queryOptions({
      queryKey: keys.phaseSubmissions(phaseId),
      queryFn: () =>
        answered(api.GET('/api/v1/phases/{phase_id}/submissions/', { params: { path: { phase_id: phaseId }, query: ALL } })),
    }),

  mySubmissions: () =>
    queryOptions({
      queryKey: [...keys.submissions, 'mine'],
      queryFn: () => answered(api.GET('/api/v1/submissions/', { params: { query: ALL } })),
    }),

  submission: (id: string) =>
    queryOptions({
      queryKey: keys.submission(id),
      queryFn: () => answered(api.GET('/api/v1/submissions/{submission_id}/', { params: { path: { submission_id: id } } })),
    }),

  metrics: () =>
    queryOptions({ queryKey: ['metrics'], queryFn: () => answered(api.GET('/api/v1/metrics/')), staleTime: Infinity }),

  /** How far the phase's submissions are scored under its metric set; stale with any of them. */
  phaseScoring: (phaseId: string) =>
    queryOptions({
      queryKey: [...keys.phaseSubmissions(phaseId), 'scoring'],
      queryFn: () => answered(api.GET('/api/v1/phases/{phase_id}/scoring/', { params: { path: { phase_id: phaseId } } })),
    }),

  /** One metric, against the whole consensus. Scores never change once the evaluation is complete; a new reference makes another. */
  scores: (evaluationId: string, metric: string) =>
    queryOptions({
      queryKey: ['evaluations', evaluationId, 'scores', metric],
      queryFn: () =>
        everyPage((page) =>
          answered(
            api.GET('/api/v1/evaluations/{evaluation_id}/scores/', {
              params: { path: { evaluation_id: evaluationId }, query: { ...page, metric, judge: 'consensus' } },
            }),
          ),
        ),
      staleTime: Infinity,
    }),

  comparison: (submissionId: string, metric: string) =>
    queryOptions({
      queryKey: [...keys.submission(submissionId), 'comparison', metric],
      queryFn: () =>
        answered(
          api.GET('/api/v1/submissions/{submission_id}/comparison/', {
            params: { path: { submission_id: submissionId }, query: { metric } },
          }),
        ),
    }),

  overlays: (caseId: string, submissionId: string | null) =>
    queryOptions({
      queryKey: [...keys.case(caseId), 'overlays', submissionId],
      queryFn: () =>
        answered(
          api.GET('/api/v1/cases/{case_id}/overlays/', {
            params: { path: { case_id: caseId }, query: submissionId ? { submission: submissionId } : {} },
          }),
        ),
    }),

  case: (id: string) =>
    queryOptions({
      queryKey: keys.case(id),
      queryFn: () => answered(api.GET('/api/v1/cases/{case_id}/', { params: { path: { case_id: id } } })),
    }),
};
