/** What a rater reads, and the three things a rater does. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import type { paths } from '~/api/schema';

type Ok<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Assignment = Ok<'/api/v1/assignments/{assignment_id}/'>;
/** Known by its assignment: raters learn no id of a case. */
export type AssignedCase = Ok<'/api/v1/assignments/{assignment_id}/case/'>;
export type AnnotationStatus = Assignment['annotation']['status'];
export type Findings = Ok<'/api/v1/annotations/{annotation_id}/findings/'>;
export type LabelFinding = Findings['findings'][number];
export type Revision = Ok<'/api/v1/annotations/{annotation_id}/revisions/'>['results'][number];

export const raterQueries = {
  mine: (raterId: number) =>
    queryOptions({
      queryKey: [...keys.assignments, 'mine', raterId],
      queryFn: () =>
        answered(api.GET('/api/v1/assignments/', { params: { query: { rater: raterId, limit: 1000 } } })),
    }),

  assignment: (id: string) =>
    queryOptions({
      queryKey: [...keys.assignments, id],
      queryFn: () =>
        answered(api.GET('/api/v1/assignments/{assignment_id}/', { params: { path: { assignment_id: id } } })),
    }),

  /** Its images never change; only the assignment's state does. */
  case: (assignmentId: string) =>
    queryOptions({
      queryKey: ['assigned-cases', assignmentId],
      queryFn: () =>
        answered(
          api.GET('/api/v1/assignments/{assignment_id}/case/', { params: { path: { assignment_id: assignmentId } } }),
        ),
      staleTime: Infinity,
    }),

  revisions: (annotationId: string) =>
    queryOptions({
      queryKey: [...keys.annotation(annotationId), 'revisions'],
      queryFn: () =>
        answered(
          api.GET('/api/v1/annotations/{annotation_id}/revisions/', {
            params: { path: { annotation_id: annotationId }, query: { limit: 1000 } },
          }),
        ),
    }),
};

/** What the server notices in a revision, which never changes. */
export function findingsQuery(annotationId: string, revision: number) {
  return queryOptions({
    queryKey: [...keys.annotation(annotationId), 'findings', revision],
    queryFn: () =>
      answered(
        api.GET('/api/v1/annotations/{annotation_id}/findings/', {
          params: { path: { annotation_id: annotationId }, query: { revision } },
        }),
      ),
    staleTime: Infinity,
  });
}

/** The header that says which revision this page has seen. */
function ifMatch(head: number) {
  return { 'If-Match': `"${head}"` };
}

interface Edit {
  readonly annotationId: string;
  readonly head: number;
}

export function useUploadRevision() {
  return useEdit(({ annotationId, head, file }: Edit & { readonly file: File }) =>
    answered(
      api.POST('/api/v1/annotations/{annotation_id}/revisions/', {
        params: { path: { annotation_id: annotationId }, header: ifMatch(head) },
        body: { file: file as unknown as string, edit_id: crypto.randomUUID() },
        bodySerializer: ({ edit_id }) => {
          const form = new FormData();
          form.append('file', file);
          form.append('edit_id', edit_id);
          return form;
        },
      }),
    ),
  );
}

export function useRestoreRevision() {
  return useEdit(({ annotationId, head, revision }: Edit & { readonly revision: number }) =>
    answered(
      api.POST('/api/v1/annotations/{annotation_id}/restore/', {
        params: { path: { annotation_id: annotationId }, header: ifMatch(head) },
        body: { revision, edit_id: crypto.randomUUID() },
      }),
    ),
  );
}

export function useSubmitAnnotation() {
  return useEdit(({ annotationId, head, confirmsEmpty }: Edit & { readonly confirmsEmpty: boolean }) =>
    answered(
      api.POST('/api/v1/annotations/{annotation_id}/submit/', {
        params: { path: { annotation_id: annotationId }, header: ifMatch(head) },
        body: { confirms_empty: confirmsEmpty },
      }),
    ),
  );
}

/** Begin with the labelmap that the organizer offers. */
export function useStartFromOffer() {
  return useEdit(({ annotationId, head }: Edit) =>
    answered(
      api.POST('/api/v1/annotations/{annotation_id}/pre-annotation/', {
        params: { path: { annotation_id: annotationId }, header: ifMatch(head) },
        body: { edit_id: crypto.randomUUID() },
      }),
    ),
  );
}

/** Whatever comes of it, what is shown afterwards is what the server has. */
function useEdit<Asked extends Edit, Answer>(act: (asked: Asked) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: (_answer, _error, { annotationId }) =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.assignments }),
        cache.invalidateQueries({ queryKey: keys.annotation(annotationId) }),
      ]),
  });
}
