import { Grid, Group, Paper, Stack, Text, Title } from '@mantine/core';

import type { ReactNode } from 'react';

import type { Challenge, Phase } from '~/api/types';
import { RegionLabel } from '~/ui';
import { Markdown } from '~/ui/Markdown';

import { NoPhases } from './NoPhases';
import { PhaseCard } from './PhaseCard';
import { text } from './text';

interface OverviewTabProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

export function OverviewTab({ challenge, phases }: OverviewTabProps) {
  return (
    <Grid gutter={{ base: 'lg', md: 40 }}>
      <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
        <Stack gap="xl">
          <section>
            <Title order={2} mb="sm">
              {text.about}
            </Title>
            {challenge.description ? (
              <Markdown>{challenge.description}</Markdown>
            ) : (
              <Text c="dimmed">{text.noDescription}</Text>
            )}
          </section>
          {challenge.rules && (
            <section>
              <Title order={2} mb="sm">
                {text.rules}
              </Title>
              <Markdown>{challenge.rules}</Markdown>
            </section>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
        <Stack gap="md">
          {phases.length === 0 && <NoPhases />}
          {phases.map((phase) => (
            <PhaseCard key={phase.id} challenge={challenge} phase={phase} />
          ))}
          <Facts challenge={challenge} phases={phases} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Facts({ challenge, phases }: OverviewTabProps) {
  const version = phases[0]?.dataset_version;
  return (
    <Paper p="md" bg="transparent">
      <Stack gap={8}>
        <Fact name={text.facts.cases}>{challenge.case_count}</Fact>
        <Fact name={text.facts.participants}>{challenge.participant_count}</Fact>
        {version && <Fact name={text.facts.dataset}>{text.facts.version(version.dataset_name, version.number)}</Fact>}
        {version && (
          <Fact name={text.facts.regions}>
            <Group gap="sm" justify="flex-end">
              {version.scheme.regions.map((region, position) => (
                <RegionLabel key={region.key} regionKey={region.key} name={region.name} position={position} />
              ))}
            </Group>
          </Fact>
        )}
        {challenge.organizers.length > 0 && (
          <Fact name={text.organizers}>{challenge.organizers.map(({ name }) => name).join(', ')}</Fact>
        )}
      </Stack>
    </Paper>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="md" align="baseline">
      <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
        {name}
      </Text>
      <Text size="sm" component="div" ta="right">
        {children}
      </Text>
    </Group>
  );
}
