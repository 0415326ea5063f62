/** What is read of models. Keys lie below those that live events make stale. */
import { queryOptions } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { everyPage } from '~/api/pages';
import type { components } from '~/api/schema';
import type { Challenge } from '~/api/types';

type Schemas = components['schemas'];

export type Algorithm = Schemas['Algorithm'];
export type AlgorithmVersion = Schemas['AlgorithmVersion'];
export type VersionStatus = AlgorithmVersion['status'];
export type ModelConfig = Schemas['ModelConfig'];
export type Run = Schemas['Run'];
export type RunCase = Schemas['RunCase'];
export type RunPurpose = Run['purpose'];
export type WorkStatus = Run['status'];
export type Training = Schemas['Training'];
export type CurvePoint = Schemas['CurvePoint'];
export type LogLine = Schemas['LogLine'];
export type ModelWorker = Schemas['ModelWorker'];
export type ModelComparison = Schemas['ModelComparison'];
export type ComparedRun = Schemas['ComparedRun'];
export type Architecture = Schemas['StartTrainingRequest']['architecture'];

type ChallengeRef = Pick<Challenge, 'id' | 'slug'>;

export const modelKeys = {
  of: (challengeId: string) => ['models', challengeId] as const,
  algorithms: (challengeId: string) => ['models', challengeId, 'algorithms'] as const,
  runs: (challengeId: string) => ['models', challengeId, 'runs'] as const,
  trainings: (challengeId: string) => ['models', challengeId, 'trainings'] as const,
  algorithm: (id: string) => ['algorithms', id] as const,
  run: (id: string) => ['runs', id] as const,
  training: (id: string) => ['trainings', id] as const,
};

const WORKERS_LOOK_MS = 10_000;

export const modelQueries = {
  algorithms: ({ id, slug }: ChallengeRef) =>
    queryOptions({
      queryKey: modelKeys.algorithms(id),
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/challenges/{slug}/algorithms/', { params: { path: { slug }, query } }))),
    }),

  algorithm: (id: string) =>
    queryOptions({
      queryKey: modelKeys.algorithm(id),
      queryFn: () => answered(api.GET('/api/v1/algorithms/{algorithm_id}/', { params: { path: { algorithm_id: id } } })),
    }),

  /** Of one model, or of all. */
  runs: ({ id, slug }: ChallengeRef, algorithmId: string | null) =>
    queryOptions({
      queryKey: [...modelKeys.runs(id), algorithmId],
      queryFn: () =>
        everyPage((page) =>
          answered(
            api.GET('/api/v1/challenges/{slug}/runs/', {
              params: { path: { slug }, query: algorithmId === null ? page : { ...page, algorithm: algorithmId } },
            }),
          ),
        ),
    }),

  run: (id: string) =>
    queryOptions({
      queryKey: modelKeys.run(id),
      queryFn: () => answered(api.GET('/api/v1/runs/{run_id}/', { params: { path: { run_id: id } } })),
    }),

  runCases: (id: string) =>
    queryOptions({
      queryKey: [...modelKeys.run(id), 'cases'],
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/runs/{run_id}/cases/', { params: { path: { run_id: id }, query } }))),
    }),

  runLog: (id: string) =>
    queryOptions({
      queryKey: [...modelKeys.run(id), 'log'],
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/runs/{run_id}/log/', { params: { path: { run_id: id }, query } }))),
    }),

  trainings: ({ id, slug }: ChallengeRef) =>
    queryOptions({
      queryKey: modelKeys.trainings(id),
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/challenges/{slug}/trainings/', { params: { path: { slug }, query } }))),
    }),

  training: (id: string) =>
    queryOptions({
      queryKey: modelKeys.training(id),
      queryFn: () => answered(api.GET('/api/v1/trainings/{training_id}/', { params: { path: { training_id: id } } })),
    }),

  curve: (id: string) =>
    queryOptions({
      queryKey: [...modelKeys.training(id), 'curve'],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/trainings/{training_id}/curve/', { params: { path: { training_id: id }, query } })),
        ),
    }),

  trainingLog: (id: string) =>
    queryOptions({
      queryKey: [...modelKeys.training(id), 'log'],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/trainings/{training_id}/log/', { params: { path: { training_id: id }, query } })),
        ),
    }),

  architectures: () =>
    queryOptions({
      queryKey: ['architectures'],
      queryFn: () => answered(api.GET('/api/v1/architectures/')),
      staleTime: Infinity,
    }),

  /** Nothing tells when a machine comes or goes: asked for again while it is looked at. */
  workers: ({ id, slug }: ChallengeRef) =>
    queryOptions({
      queryKey: [...modelKeys.of(id), 'workers'],
      queryFn: () => answered(api.GET('/api/v1/challenges/{slug}/model-workers/', { params: { path: { slug } } })),
      refetchInterval: WORKERS_LOOK_MS,
    }),

  comparison: (slug: string) =>
    queryOptions({
      queryKey: ['model-comparison', slug],
      queryFn: () => answered(api.GET('/api/v1/challenges/{slug}/model-comparison/', { params: { path: { slug } } })),
    }),
};
