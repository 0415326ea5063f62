/** Names for the generated schema's shapes, taken from what each endpoint answers. */
import type { components, paths } from './schema';

type JsonOf<Responses, Status extends number> = Responses extends {
  [key in Status]: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

type Answer<Path extends keyof paths> = paths[Path] extends { get: { responses: infer Responses } }
  ? JsonOf<Responses, 200>
  : never;

type Item<List> = List extends { results: readonly (infer One)[] } ? One : never;

export type LiveEvent = components['schemas']['LiveEvent'];
export type LiveCommand = components['schemas']['LiveCommand'];
export type LiveAnswer = components['schemas']['LiveAnswer'];

export type Me = Answer<'/api/v1/me/'>;
export type ApiToken = Item<Answer<'/api/v1/tokens/'>>;
export type Challenge = Answer<'/api/v1/challenges/{slug}/'>;
export type ChallengeSummary = Item<Answer<'/api/v1/challenges/'>>;
export type Phase = Answer<'/api/v1/phases/{phase_id}/'>;
export type PhaseCase = Item<Answer<'/api/v1/phases/{phase_id}/cases/'>>;
export type CaseDetail = Answer<'/api/v1/cases/{case_id}/'>;
export type CaseOverlay = Answer<'/api/v1/cases/{case_id}/overlays/'>[number];
export type SubmissionSummary = Item<Answer<'/api/v1/submissions/'>>;
export type Submission = Answer<'/api/v1/submissions/{submission_id}/'>;
export type SubmissionStatus = Submission['status'];
export type Finding = Submission['findings'][number];
export type Severity = Finding['severity'];
export type EvaluationSummary = Submission['evaluations'][number];
export type Score = Item<Answer<'/api/v1/evaluations/{evaluation_id}/scores/'>>;
export type MetricCatalogue = Answer<'/api/v1/metrics/'>;
export type Metric = MetricCatalogue['metrics'][number];
export type PhaseScoring = Answer<'/api/v1/phases/{phase_id}/scoring/'>;
export type Comparison = Answer<'/api/v1/submissions/{submission_id}/comparison/'>;
export type Leaderboard = Answer<'/api/v1/phases/{phase_id}/leaderboard/'>;
export type LeaderboardRow = Leaderboard['rows'][number];
export type HumanRow = Leaderboard['human_rows'][number];
export type RankingRule = Leaderboard['ranking'];
export type RankingAnalysis = Answer<'/api/v1/phases/{phase_id}/ranking/'>;
export type RankedEntrant = RankingAnalysis['entrants'][number];
export type Region = Leaderboard['regions'][number];
