import { ActionIcon, Badge, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { type Dataset, organizerQueries } from '../queries';
import classes from './data.module.css';
import { EditDatasetModal } from './EditDatasetModal';
import { SchemeLabels, SchemeRegions } from './SchemeLegend';
import { text } from './text';

/** What a dataset is, at a glance. */
export function DatasetFacts({ dataset }: { readonly dataset: Dataset }) {
  const [opened, modal] = useDisclosure();
  const methods = useQuery(organizerQueries.fusionMethods());
  const method = methods.data?.find(({ key }) => key === dataset.fusion_method)?.name ?? dataset.fusion_method;
  const { facts } = text;
  return (
    <Paper p="md" component="section" aria-label={dataset.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Stack gap={2}>
            <Group gap="xs">
              <Title order={2}>{dataset.name}</Title>
              {dataset.is_synthetic && <Badge color="grape">{facts.synthetic}</Badge>}
            </Group>
            {dataset.description && (
              <Text size="sm" c="dimmed" maw={720}>
                {dataset.description}
              </Text>
            )}
          </Stack>
          <Tooltip label={text.edit}>
            <ActionIcon aria-label={text.edit} onClick={modal.open}>
              <IconPencil size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
        <dl className={classes.facts}>
          <Fact name={facts.cases}>{dataset.case_count}</Fact>
          <Fact name={facts.version}>{dataset.latest_version_number ?? facts.noVersion}</Fact>
          <Fact name={facts.raters}>{dataset.raters_required}</Fact>
          <Fact name={facts.fusion}>{method}</Fact>
          {dataset.licence && <Fact name={facts.licence}>{dataset.licence}</Fact>}
          <Fact name={facts.sequences}>{dataset.sequences.map(({ name }) => name).join(', ')}</Fact>
          <Fact name={facts.scheme}>
            <SchemeLabels scheme={dataset.scheme} />
          </Fact>
          <Fact name={facts.regions}>
            <SchemeRegions scheme={dataset.scheme} />
          </Fact>
        </dl>
      </Stack>
      <EditDatasetModal key={`${opened}`} dataset={dataset} opened={opened} onClose={modal.close} />
    </Paper>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
