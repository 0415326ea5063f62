import { Badge, Code, Group, Paper, Table, Text, Title, VisuallyHidden } from '@mantine/core';

import type { EvaluationSummary } from '~/api/types';
import { formatScore } from '~/format';
import { Time } from '~/ui';

import { OlderSetBadge } from './OlderSet';
import { text } from './text';

interface EvaluationHistoryProps {
  readonly evaluations: readonly EvaluationSummary[];
  /** The one whose scores stand above. */
  readonly shown: string | null;
  /** The phase's of today. */
  readonly metricSet: string;
}

export function EvaluationHistory({ evaluations, shown, metricSet }: EvaluationHistoryProps) {
  const heads = text.history.columns;
  return (
    <section aria-label={text.history.title}>
      <Title order={2}>{text.history.title}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text.history.lead}
      </Text>
      <Paper style={{ overflow: 'hidden' }}>
        <Table.ScrollContainer minWidth={620}>
          <Table>
            <caption>
              <VisuallyHidden>{text.history.caption}</VisuallyHidden>
            </caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{heads.reference}</Table.Th>
                <Table.Th>{heads.metrics}</Table.Th>
                <Table.Th>{heads.state}</Table.Th>
                <Table.Th className="numeric">{heads.overall}</Table.Th>
                <Table.Th className="numeric">{heads.cases}</Table.Th>
                <Table.Th>{heads.scored}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {evaluations.map((evaluation) => (
                <Table.Tr key={evaluation.id}>
                  <Table.Td>
                    <Group gap={8} wrap="nowrap">
                      {evaluation.reference_number}
                      {evaluation.id === shown && <Badge size="sm">{text.history.shown}</Badge>}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={8} wrap="nowrap">
                      <Code>{evaluation.metric_set}</Code>
                      {evaluation.metric_set !== metricSet && <OlderSetBadge metricSet={evaluation.metric_set} />}
                    </Group>
                  </Table.Td>
                  <Table.Td>{text.history.status[evaluation.status]}</Table.Td>
                  <Table.Td className="numeric">{formatScore(evaluation.overall.dice)}</Table.Td>
                  <Table.Td className="numeric">{evaluation.case_count}</Table.Td>
                  <Table.Td>{evaluation.scored_at ? <Time iso={evaluation.scored_at} /> : '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </section>
  );
}
