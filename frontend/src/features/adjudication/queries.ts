/** What is read and done here over HTTP; the log of edits has its own server. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { everyPage } from '~/api/pages';
import { keys } from '~/api/queries';
import type { components } from '~/api/schema';

type Schemas = components['schemas'];

export type Adjudication = Schemas['Adjudication'];
export type AdjudicationSummary = Schemas['AdjudicationSummary'];
export type ContestedRegion = Schemas['ContestedRegion'];
export type AdjudicatedRater = Schemas['AdjudicatedRater'];
export type ProvenanceEntry = Schemas['ProvenanceEntry'];
export type FusionMethod = Schemas['FusionMethod'];
export type WhatIf = Schemas['WhatIfRequest'];
export type WhatIfResult = Schemas['WhatIfResult'];

export const adjudicationQueries = {
  one: (id: string) =>
    queryOptions({
      queryKey: keys.adjudication(id),
      queryFn: () =>
        answered(api.GET('/api/v1/adjudications/{adjudication_id}/', { params: { path: { adjudication_id: id } } })),
    }),

  /** Of a data set, for its organizers. */
  ofDataset: (datasetId: string) =>
    queryOptions({
      queryKey: [...keys.adjudications, 'dataset', datasetId],
      queryFn: () =>
        everyPage((page) =>
          answered(api.GET('/api/v1/adjudications/', { params: { query: { ...page, dataset: datasetId } } })),
        ),
    }),

  /** Those that wait for me. */
  open: (person: number) =>
    queryOptions({
      queryKey: [...keys.adjudications, 'open', person],
      queryFn: () =>
        everyPage((page) => answered(api.GET('/api/v1/adjudications/', { params: { query: { ...page, status: 'open' } } }))),
    }),

  legend: (id: string, head: number) =>
    queryOptions({
      queryKey: [...keys.adjudication(id), 'legend', head],
      queryFn: () =>
        answered(
          api.GET('/api/v1/adjudications/{adjudication_id}/provenance/legend/', { params: { path: { adjudication_id: id } } }),
        ),
      placeholderData: keepPreviousData,
    }),

  fusionMethods: () =>
    queryOptions({ queryKey: ['fusion-methods'], queryFn: () => answered(api.GET('/api/v1/fusion-methods/')), staleTime: Infinity }),

  whatIf: (caseId: string, question: WhatIf | null) =>
    queryOptions({
      queryKey: ['what-if', caseId, question],
      queryFn: ({ signal }) =>
        answered(api.POST('/api/v1/cases/{case_id}/what-if/', { params: { path: { case_id: caseId } }, body: question as WhatIf, signal })),
      enabled: question !== null,
      placeholderData: keepPreviousData,
      staleTime: Infinity,
      retry: false,
    }),
};

export function useOpenAdjudication() {
  return useChange((caseId: string) =>
    answered(
      api.POST('/api/v1/cases/{case_id}/adjudications/', { params: { path: { case_id: caseId } }, body: {} }),
    ),
  );
}

export function useInviteExperts(id: string) {
  return useChange((experts: string[]) =>
    answered(
      api.PATCH('/api/v1/adjudications/{adjudication_id}/', { params: { path: { adjudication_id: id } }, body: { experts } }),
    ),
  );
}

export function useSign(id: string) {
  return useChange((body: { readonly head: number; readonly note: string }) =>
    answered(api.POST('/api/v1/adjudications/{adjudication_id}/sign/', { params: { path: { adjudication_id: id } }, body })),
  );
}

export function useWithdraw(id: string) {
  return useChange(() =>
    answered(api.POST('/api/v1/adjudications/{adjudication_id}/withdraw/', { params: { path: { adjudication_id: id } } })),
  );
}

/** Whatever comes of it, what is shown afterwards is what the server has. */
function useChange<Asked, Answer>(act: (asked: Asked) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.adjudications }),
  });
}
