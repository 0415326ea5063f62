import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsJoin } from '@tabler/icons-react';

import type { CaseConsensus, Dataset, FusionMethod } from '../queries';
import { MethodModal } from './MethodModal';
import { nameInWords } from './parameters';
import { text } from './text';

interface MethodPanelProps {
  readonly dataset: Dataset;
  readonly methods: readonly FusionMethod[];
  readonly rows: readonly CaseConsensus[] | null;
}

/** The method in use and its parameters, in words. */
export function MethodPanel({ dataset, methods, rows }: MethodPanelProps) {
  const [opened, modal] = useDisclosure();
  const method = methods.find(({ key }) => key === dataset.fusion_method);
  const parameters = Object.entries(dataset.fusion_parameters);
  return (
    <Paper p="md" component="section">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} flex="1 1 320px">
          <Title order={2}>{`${text.method.title}: ${method?.name ?? dataset.fusion_method}`}</Title>
          {method && (
            <Text size="sm" maw={760}>
              {method.description}{' '}
              <Text span inherit c="dimmed">
                {text.method.ties}: {method.tie_rule}
              </Text>
            </Text>
          )}
          {parameters.length > 0 && (
            <Text size="sm" c="dimmed">
              {parameters.map(([name, value]) => `${nameInWords(name)}: ${String(value).replaceAll('_', ' ')}`).join(' · ')}
            </Text>
          )}
        </Stack>
        <Button variant="default" onClick={modal.open} leftSection={<IconArrowsJoin size={16} aria-hidden />}>
          {text.method.change}
        </Button>
      </Group>
      <MethodModal dataset={dataset} methods={methods} rows={rows} opened={opened} onClose={modal.close} />
    </Paper>
  );
}
