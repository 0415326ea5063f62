import { Alert, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconChartGridDots } from '@tabler/icons-react';
import { useMemo, useState } from 'react';

import { EmptyState } from '~/ui';

import type { Dataset, DatasetAgreement } from '../queries';
import { leftOutPoints, type NameOf, pairMatrix, raterNames } from './agreement';
import { AgreementFigures } from './AgreementFigures';
import { FigureCard } from './FigureCard';
import { PairHeatmap } from './PairHeatmap';
import { RaterTable } from './RaterTable';
import { StripPlot } from './StripPlot';
import { text } from './text';
import { VolumePlot } from './VolumePlot';
import { raterVolumes } from './volumes';

interface AgreementSectionProps {
  readonly dataset: Dataset;
  readonly agreement: DatasetAgreement;
  readonly nameOf: NameOf;
}

/** Who agrees with whom, and who stands apart, over all cases. */
export function AgreementSection({ dataset, agreement, nameOf }: AgreementSectionProps) {
  const { regions } = dataset.scheme;
  const [chosen, setChosen] = useState(regions[0]?.key ?? '');
  const position = regions.findIndex(({ key }) => key === chosen);
  const found = regions[position];
  const region = useMemo(() => found && { ...found, position }, [found, position]);
  return (
    <Stack gap="md" component="section">
      <Group justify="space-between" gap="sm" align="flex-end">
        <div>
          <Title order={2}>{text.agreement.title}</Title>
          <Text size="sm" c="dimmed">
            {text.agreement.lead(agreement.cases.length, agreement.case_count)}
          </Text>
        </div>
        {agreement.cases.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={text.agreement.region}
            value={chosen}
            onChange={setChosen}
            data={regions.map(({ key, name }) => ({ value: key, label: name }))}
          />
        )}
      </Group>
      {agreement.cases.length === 0 || !region ? (
        <EmptyState icon={<IconChartGridDots size={28} />} title={text.agreement.none.title}>
          {reasonOfNone(agreement)}
        </EmptyState>
      ) : (
        <Compared dataset={dataset} agreement={agreement} nameOf={nameOf} region={region} />
      )}
    </Stack>
  );
}

interface ComparedProps extends AgreementSectionProps {
  readonly region: { readonly key: string; readonly name: string; readonly position: number };
}

function Compared({ dataset, agreement, nameOf, region }: ComparedProps) {
  const { regions } = dataset.scheme;
  const names = useMemo(() => raterNames(agreement, nameOf), [agreement, nameOf]);
  const dice = useMemo(() => pairMatrix(agreement, 'dice', region.key, names), [agreement, region, names]);
  const kappa = useMemo(() => pairMatrix(agreement, 'kappa', region.key, names), [agreement, region, names]);
  const points = useMemo(
    () => leftOutPoints(agreement, regions.map(({ key }) => key), names),
    [agreement, regions, names],
  );
  const volumes = useMemo(() => raterVolumes(agreement, region.key, names), [agreement, region, names]);
  const picture = (name: string) => `/api/v1/datasets/${dataset.id}/pictures/${name}.svg?region=${region.key}`;
  return (
    <>
      {agreement.older > 0 && <Alert color="orange">{text.agreement.older(agreement.older)}</Alert>}
      <AgreementFigures agreement={agreement} region={region.key} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <FigureCard title={text.agreement.heat.dice} hint={text.agreement.heatHint.dice} picture={picture('agreement')}>
          <PairHeatmap pairs={dice} measure="dice" region={region} />
        </FigureCard>
        <FigureCard title={text.agreement.heat.kappa} hint={text.agreement.heatHint.kappa}>
          <PairHeatmap pairs={kappa} measure="kappa" region={region} />
        </FigureCard>
        <FigureCard title={text.agreement.strip} hint={text.agreement.stripHint}>
          {points.length > 0 ? (
            <StripPlot points={points} regions={regions} />
          ) : (
            <Text size="sm">{text.agreement.twoRaters}</Text>
          )}
        </FigureCard>
        <FigureCard title={text.volumes.title} hint={text.volumes.hint} picture={picture('volumes')}>
          <VolumePlot points={volumes} region={region} />
        </FigureCard>
      </SimpleGrid>
      <Stack gap="xs">
        <Title order={3}>{text.raters.title(region.name)}</Title>
        <Text size="sm" c="dimmed">
          {text.raters.hint}
        </Text>
        <RaterTable agreement={agreement} region={region} names={names} volumes={volumes} />
      </Stack>
    </>
  );
}

/** Why there is nothing to compare. */
function reasonOfNone({ imported, single_rater }: DatasetAgreement): string {
  if (imported > 0) return text.agreement.none.imported(imported);
  if (single_rater > 0) return text.agreement.none.single(single_rater);
  return text.agreement.none.sentence;
}
