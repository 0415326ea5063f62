import { Badge, Group, Paper, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Comparison, Region } from '~/api/types';
import { formatDifference, formatScore } from '~/format';
import { Query, RegionLabel } from '~/ui';

import { ComparisonPlot } from './ComparisonPlot';
import { text } from './text';

type RegionComparison = Comparison['regions'][number];
type RaterComparison = RegionComparison['raters'][number];

interface ComparisonPanelProps {
  readonly submissionId: string;
  readonly regions: readonly Region[];
}

/** The method beside each rater, both against the consensus of the others. */
export function ComparisonPanel({ submissionId, regions }: ComparisonPanelProps) {
  const comparison = useQuery(queries.comparison(submissionId));
  return (
    <section aria-label={text.comparison.title}>
      <Title order={2}>{text.comparison.title}</Title>
      <Text size="sm" c="dimmed" mb="xs" maw={760}>
        {text.comparison.lead}
      </Text>
      <Query of={comparison}>
        {(found) =>
          found.regions.every(({ raters }) => raters.length === 0) ? (
            <Text c="dimmed">{text.comparison.empty}</Text>
          ) : (
            <Paper p="md">
              <Stack gap="lg">
                <Verdicts comparison={found} regions={regions} />
                <ComparisonPlot comparison={found} regions={regions} />
                <details>
                  <summary>{text.comparison.caption}</summary>
                  <ComparisonTable comparison={found} regions={regions} />
                </details>
              </Stack>
            </Paper>
          )
        }
      </Query>
    </section>
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

function ComparisonTable({ comparison, regions }: PartProps) {
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
              <RaterRow key={row.rater} row={row} />
            ))}
          </Table.Tbody>
        ))}
      </Table>
    </Table.ScrollContainer>
  );
}

function RaterRow({ row }: { readonly row: RaterComparison }) {
  const { mean, low, high, p_value } = row.difference;
  return (
    <Table.Tr>
      <Table.Td>{row.rater}</Table.Td>
      <Table.Td className="numeric">{formatScore(row.submission_mean)}</Table.Td>
      <Table.Td className="numeric">{formatScore(row.rater_mean)}</Table.Td>
      <Table.Td className="numeric">{formatDifference(mean)}</Table.Td>
      <Table.Td className="numeric">
        {low === null || high === null
          ? text.comparison.noInterval
          : text.comparison.interval(formatDifference(low), formatDifference(high))}
      </Table.Td>
      <Table.Td className="numeric">{formatScore(p_value)}</Table.Td>
    </Table.Tr>
  );
}
