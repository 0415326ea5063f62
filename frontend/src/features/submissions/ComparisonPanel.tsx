import { Badge, Group, Loader, Paper, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Comparison, Metric, Region } from '~/api/types';
import { formatMetric, formatMetricDifference, nameInSentence } from '~/features/metrics';
import { formatScore } from '~/format';
import { Query, RegionLabel } from '~/ui';

import { ComparisonPlot } from './ComparisonPlot';
import { text } from './text';

type RegionComparison = Comparison['regions'][number];
type RaterComparison = RegionComparison['raters'][number];

interface ComparisonPanelProps {
  readonly submissionId: string;
  readonly metric: Metric;
  readonly regions: readonly Region[];
}

/** The method beside each rater, both against the consensus of the others. */
export function ComparisonPanel({ submissionId, metric, regions }: ComparisonPanelProps) {
  const { title, lead, noDirection } = text.comparison;
  const compared = metric.higher_is_better !== null;
  return (
    <section aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text size="sm" c="dimmed" mb="xs" maw={760}>
        {compared ? lead(nameInSentence(metric), !metric.higher_is_better) : noDirection(metric.name)}
      </Text>
      {compared && <Compared submissionId={submissionId} metric={metric} regions={regions} />}
    </section>
  );
}

const RATERS_COME_MS = 5000;

function Compared({ submissionId, metric, regions }: ComparisonPanelProps) {
  const comparison = useQuery({
    ...queries.comparison(submissionId, metric.key),
    refetchInterval: ({ state: { data } }) => (data && !data.raters_complete ? RATERS_COME_MS : false),
  });
  return (
    <Query of={comparison}>
      {(found) => (
        <>
          {!found.raters_complete && (
            <Group gap={8} mb="xs" role="status">
              <Loader size={14} />
              <Text size="sm">{text.comparison.incomplete}</Text>
            </Group>
          )}
          {found.regions.every(({ raters }) => raters.length === 0) ? (
            found.raters_complete && <Text c="dimmed">{text.comparison.empty}</Text>
          ) : (
            <Paper p="md">
              <Stack gap="lg">
                <Verdicts comparison={found} regions={regions} />
                <ComparisonPlot comparison={found} metric={metric} regions={regions} />
                <details>
                  <summary>{text.comparison.caption}</summary>
                  <ComparisonTable comparison={found} metric={metric} regions={regions} />
                </details>
              </Stack>
            </Paper>
          )}
        </>
      )}
    </Query>
  );
}

interface PartProps {
  readonly comparison: Comparison;
  readonly regions: readonly Region[];
}

const VERDICT_COLORS: Readonly<Record<NonNullable<RegionComparison['verdict']>, string>> = {
  above: 'teal',
  within: 'petrol',
  below: 'orange',
  too_few_cases: 'gray',
};

function Verdicts({ comparison, regions }: PartProps) {
  return (
    <Group gap="lg">
      {comparison.regions.map(({ region, verdict }) => (
        <Group key={region} gap={8}>
          <Text size="sm" fw={600} component="div">
            <RegionName region={region} regions={regions} />
          </Text>
          <Badge color={verdict ? VERDICT_COLORS[verdict] : 'gray'}>{text.comparison.verdicts[verdict ?? 'none']}</Badge>
        </Group>
      ))}
    </Group>
  );
}

function RegionName({ region, regions }: { readonly region: string; readonly regions: readonly Region[] }) {
  const position = regions.findIndex(({ key }) => key === region);
  const found = regions[position];
  if (!found) return text.comparison.overall;
  return <RegionLabel regionKey={region} name={found.name} position={position} />;
}

function ComparisonTable({ comparison, metric, regions }: PartProps & { readonly metric: Metric }) {
  const heads = text.comparison.columns;
  return (
    <Table.ScrollContainer minWidth={520} mt="sm">
      <Table>
        <caption>
          <VisuallyHidden>{text.comparison.caption}</VisuallyHidden>
        </caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{heads.rater}</Table.Th>
            <Table.Th className="numeric">{heads.method}</Table.Th>
            <Table.Th className="numeric">{heads.human}</Table.Th>
            <Table.Th className="numeric">{heads.difference}</Table.Th>
            <Table.Th className="numeric">{heads.interval}</Table.Th>
            <Table.Th className="numeric">{heads.p}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        {comparison.regions.map(({ region, raters }) => (
          <Table.Tbody key={region}>
            <Table.Tr>
              <Table.Th colSpan={6} scope="rowgroup">
                <RegionName region={region} regions={regions} />
              </Table.Th>
            </Table.Tr>
            {raters.map((row) => (
              <RaterRow key={row.rater} row={row} metric={metric} />
            ))}
          </Table.Tbody>
        ))}
      </Table>
    </Table.ScrollContainer>
  );
}

function RaterRow({ row, metric }: { readonly row: RaterComparison; readonly metric: Metric }) {
  const { mean, low, high, p_value } = row.difference;
  return (
    <Table.Tr>
      <Table.Td>{row.rater}</Table.Td>
      <Table.Td className="numeric">{formatMetric(row.submission_mean, metric)}</Table.Td>
      <Table.Td className="numeric">{formatMetric(row.rater_mean, metric)}</Table.Td>
      <Table.Td className="numeric">{formatMetricDifference(mean, metric)}</Table.Td>
      <Table.Td className="numeric">
        {low === null || high === null
          ? text.comparison.noInterval
          : text.comparison.interval(formatMetricDifference(low, metric), formatMetricDifference(high, metric))}
      </Table.Td>
      <Table.Td className="numeric">{formatScore(p_value)}</Table.Td>
    </Table.Tr>
  );
}
