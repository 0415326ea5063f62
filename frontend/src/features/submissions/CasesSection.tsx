import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { queries } from '~/api/queries';
import type { EvaluationSummary, Metric, Phase, Submission } from '~/api/types';
import { Lines, Query } from '~/ui';

import { type CaseScores, caseScores, hasMissing } from './caseScores';
import { CaseTable } from './CaseTable';
import { OverlayModal } from './OverlayModal';
import { text } from './text';

interface CasesSectionProps {
  readonly submission: Submission;
  readonly phase: Phase;
  readonly evaluation: EvaluationSummary;
  readonly metric: Metric;
}

/** The chosen metric case by case; with a picture of each, for those who may see the reference. */
export function CasesSection({ submission, phase, evaluation, metric }: CasesSectionProps) {
  const { regions } = phase.dataset_version.scheme;
  const scores = useQuery(queries.scores(evaluation.id, metric.key));
  const seesReference = useSeesReference(phase);
  const [pictured, setPictured] = useState<CaseScores | null>(null);
  return (
    <section aria-label={text.cases.title}>
      <Title order={2}>{text.cases.title}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text.cases.hint}
      </Text>
      <Query of={scores} loading={<Lines count={8} />}>
        {(long) => {
          const cases = caseScores(long, metric.key, regions);
          return (
            <>
              <CaseTable
                key={metric.key}
                submission={submission}
                cases={cases}
                metric={metric}
                regions={regions}
                onPicture={seesReference ? setPictured : null}
              />
              {hasMissing(cases) && (
                <Text size="xs" c="dimmed" mt={6}>
                  {text.cases.notAvailable}
                </Text>
              )}
            </>
          );
        }}
      </Query>
      <OverlayModal submission={submission} pictured={pictured} onClose={() => setPictured(null)} />
    </section>
  );
}

/** Organizers, and participants where the phase shares it. */
function useSeesReference(phase: Phase): boolean {
  const challenge = useQuery(queries.challenge(phase.challenge.slug));
  const granted = challenge.data?.my_permissions ?? [];
  return granted.includes('consensus:view') || (phase.reference_shared && granted.includes('phase:data'));
}
