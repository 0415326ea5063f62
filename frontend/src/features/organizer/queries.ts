/** What an organizer reads. Keys lie below those that live events make stale. */
import { queryOptions } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { everyPage } from '~/api/pages';
import { keys } from '~/api/queries';
import type { components } from '~/api/schema';

type Schemas = components['schemas'];

export type Dataset = Schemas['Dataset'];
export type DatasetVersion = Schemas['DatasetVersion'];
export type LabelScheme = Schemas['LabelScheme'];
export type CaseRow = Schemas['CaseRow'];
export type CaseFinding = Schemas['Finding'];
export type ImportSummary = Schemas['ImportSummary'];
export type Import = Schemas['Import'];
export type ImportStatus = Import['status'];
export type ImportPreview = Schemas['ImportPreview'];
export type CasePreview = Schemas['CasePreview'];
export type ImportFinding = Schemas['ImportFinding'];
export type Member = Schemas['Member'];
export type Role = Member['role'];
export type Assignment = Schemas['Assignment'];
export type AnnotationStatus = Assignment['annotation']['status'];
export type FusionMethod = Schemas['FusionMethod'];
export type CaseConsensus = Schemas['CaseConsensus'];
export type DatasetAgreement = Schemas['DatasetAgreement'];
export type ConsensusProvenance = Schemas['ConsensusProvenance'];

export const organizerKeys = {
  datasets: (slug: string) => [...keys.challenge(slug), 'datasets'] as const,
  members: (slug: string) => [...keys.challenge(slug), 'members'] as const,
  phases: (slug: string) => [...keys.challenge(slug), 'phases'] as const,
  import: (id: string) => ['imports', id] as const,
  assignments: (datasetId: string) => [...keys.assignments, 'dataset', datasetId] as const,
};

export const organizerQueries = {
  datasets: (slug: string) =>
    queryOptions({
      queryKey: organizerKeys.datasets(slug),
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/challenges/{slug}/datasets/', { params: { path: { slug }, query } }))),
    }),

  members: (slug: string) =>
    queryOptions({
      queryKey: organizerKeys.members(slug),
      queryFn: () =>
        everyPage((query) => answered(api.GET('/api/v1/challenges/{slug}/members/', { params: { path: { slug }, query } }))),
    }),

  labelSchemes: () =>
    queryOptions({ queryKey: ['label-schemes'], queryFn: () => answered(api.GET('/api/v1/label-schemes/')), staleTime: 60_000 }),

  fusionMethods: () =>
    queryOptions({ queryKey: ['fusion-methods'], queryFn: () => answered(api.GET('/api/v1/fusion-methods/')), staleTime: Infinity }),

  versions: (datasetId: string) =>
    queryOptions({
      queryKey: [...keys.dataset(datasetId), 'versions'],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/datasets/{dataset_id}/versions/', { params: { path: { dataset_id: datasetId }, query } })),
        ),
    }),

  /** Of one version, by its number; the latest for null. */
  cases: (datasetId: string, version: number | null) =>
    queryOptions({
      queryKey: [...keys.dataset(datasetId), 'cases', version],
      queryFn: () =>
        everyPage((page) =>
          answered(
            api.GET('/api/v1/datasets/{dataset_id}/cases/', {
              params: { path: { dataset_id: datasetId }, query: version === null ? page : { ...page, version } },
            }),
          ),
        ),
    }),

  imports: (datasetId: string) =>
    queryOptions({
      queryKey: [...keys.dataset(datasetId), 'imports'],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/datasets/{dataset_id}/imports/', { params: { path: { dataset_id: datasetId }, query } })),
        ),
    }),

  import: (id: string) =>
    queryOptions({
      queryKey: organizerKeys.import(id),
      queryFn: () => answered(api.GET('/api/v1/imports/{import_id}/', { params: { path: { import_id: id } } })),
    }),

  assignments: (datasetId: string) =>
    queryOptions({
      queryKey: organizerKeys.assignments(datasetId),
      queryFn: () =>
        everyPage((page) => answered(api.GET('/api/v1/assignments/', { params: { query: { ...page, dataset: datasetId } } }))),
    }),

  consensus: (datasetId: string) =>
    queryOptions({
      queryKey: [...keys.dataset(datasetId), 'consensus'],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/datasets/{dataset_id}/consensus/', { params: { path: { dataset_id: datasetId }, query } })),
        ),
    }),

  agreement: (datasetId: string) =>
    queryOptions({
      queryKey: [...keys.dataset(datasetId), 'agreement'],
      queryFn: () =>
        answered(api.GET('/api/v1/datasets/{dataset_id}/agreement/', { params: { path: { dataset_id: datasetId } } })),
    }),

  /** Versions never change, and a further one has a higher number than this head. */
  caseVersions: (caseId: string, head: number) =>
    queryOptions({
      queryKey: [...keys.case(caseId), 'consensus', head],
      queryFn: () =>
        everyPage((query) =>
          answered(api.GET('/api/v1/cases/{case_id}/consensus/', { params: { path: { case_id: caseId }, query } })),
        ),
    }),
};
