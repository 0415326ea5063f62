import { Group, Paper, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconChartGridDots } from '@tabler/icons-react';
import { useMemo, useState } from 'react';

import { EmptyState } from '~/ui';

import type { CaseConsensus, Dataset } from '../queries';
import { leftOutPoints, type NameOf, pairMatrix } from './agreement';
import { PairHeatmap } from './PairHeatmap';
import { StripPlot } from './StripPlot';
import { text } from './text';

interface AgreementSectionProps {
  readonly dataset: Dataset;
  readonly rows: readonly CaseConsensus[];
  readonly nameOf: NameOf;
}

/** Who agrees with whom, and who stands apart, over all cases. */
export function AgreementSection({ dataset, rows, nameOf }: AgreementSectionProps) {
  const { regions } = dataset.scheme;
  const [chosen, setChosen] = useState(regions[0]?.key ?? '');
  const pairs = useMemo(() => pairMatrix(rows, chosen, nameOf), [rows, chosen, nameOf]);
  const keys = useMemo(() => regions.map(({ key }) => key), [regions]);
  const points = useMemo(() => leftOutPoints(rows, keys, nameOf), [rows, keys, nameOf]);
  const position = regions.findIndex(({ key }) => key === chosen);
  const region = regions[position];
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{text.agreement.title}</Title>
      {!isCompared(rows) || !region ? (
        <EmptyState icon={<IconChartGridDots size={28} />} title={text.agreement.none.title}>
          {text.agreement.none.sentence}
        </EmptyState>
      ) : (
        <SimpleGrid cols={{ base: 1, md: points.length > 0 ? 2 : 1 }} spacing="lg">
          <Paper p="md" component="figure" m={0}>
            <Group justify="space-between" gap="xs">
              <Title order={3}>{text.agreement.heat}</Title>
              <SegmentedControl
                size="xs"
                aria-label={text.agreement.region}
                value={chosen}
                onChange={setChosen}
                data={regions.map(({ key, name }) => ({ value: key, label: name }))}
              />
            </Group>
            <Text size="sm" c="dimmed" mb="sm">
              {text.agreement.heatHint}
            </Text>
            <PairHeatmap pairs={pairs} region={{ ...region, position }} />
          </Paper>
          {points.length > 0 && (
            <Paper p="md" component="figure" m={0}>
              <Title order={3}>{text.agreement.strip}</Title>
              <Text size="sm" c="dimmed" mb="sm">
                {text.agreement.stripHint}
              </Text>
              <StripPlot points={points} regions={regions} />
            </Paper>
          )}
        </SimpleGrid>
      )}
    </Stack>
  );
}

/** Whether any case was fused from two raters or more. */
function isCompared(rows: readonly CaseConsensus[]): boolean {
  return rows.some(({ head }) => head !== null && head.provenance.agreement.pairs.length > 0);
}
