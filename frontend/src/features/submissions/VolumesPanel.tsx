import { Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';

import { queries } from '~/api/queries';
import type { EvaluationSummary, Region } from '~/api/types';
import { BlandAltmanPlot, limitsInWords, limitsOf, type VolumePoint } from '~/features/volumes';
import { ErrorState, Lines, regionColor, RegionLabel } from '~/ui';

import { caseScores } from './caseScores';
import { text } from './text';
import { volumePoints } from './volumes';

const HEIGHT_PX = 330;

interface VolumesPanelProps {
  readonly evaluation: EvaluationSummary;
  readonly regions: readonly Region[];
}

/** Whether the method over- or underestimates, and whether that grows with the size. */
export function VolumesPanel({ evaluation, regions }: VolumesPanelProps) {
  const [predicted, differences] = useQueries({
    queries: [queries.scores(evaluation.id, 'volume_ml'), queries.scores(evaluation.id, 'volume_difference_ml')],
  });
  const points = useMemo(() => {
    if (!predicted.data || !differences.data) return null;
    const volumes = caseScores(predicted.data, 'volume_ml', regions);
    const off = caseScores(differences.data, 'volume_difference_ml', regions);
    return regions.map(({ key }) => volumePoints(volumes, off, key));
  }, [predicted.data, differences.data, regions]);
  const failed = [predicted, differences].find(({ isError }) => isError);
  return (
    <section aria-label={text.volumes.title}>
      <Title order={2}>{text.volumes.title}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text.volumes.reading}
      </Text>
      {failed && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && !points && <Lines count={1} height={HEIGHT_PX} />}
      {points && (
        <SimpleGrid cols={{ base: 1, sm: Math.min(2, regions.length), lg: Math.min(3, regions.length) }} spacing="lg">
          {regions.map((region, position) => (
            <VolumePlot key={region.key} region={region} position={position} points={points[position] ?? []} />
          ))}
        </SimpleGrid>
      )}
    </section>
  );
}

interface VolumePlotProps {
  readonly region: Region;
  readonly position: number;
  readonly points: readonly VolumePoint[];
}

function VolumePlot({ region, position, points }: VolumePlotProps) {
  const limits = useMemo(() => limitsOf(points), [points]);
  const summary = limits ? limitsInWords(limits) : text.volumes.none;
  return (
    <Paper p="md">
      <Stack gap={4}>
        <Text size="sm" fw={600} component="h3" m={0}>
          <RegionLabel regionKey={region.key} name={region.name} position={position} />
        </Text>
        <Text size="xs" c="dimmed">
          {summary}
        </Text>
        {limits && (
          <BlandAltmanPlot
            points={points}
            limits={limits}
            color={regionColor(region.key, position)}
            label={text.volumes.label(region.name, summary)}
            axes={text.volumes.axes}
          />
        )}
      </Stack>
    </Paper>
  );
}
