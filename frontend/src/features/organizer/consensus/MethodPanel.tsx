import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { Query } from '~/ui';

import { type Dataset, organizerQueries } from '../queries';
import { MethodModal } from './MethodModal';
import { text } from './text';

/** The method in use, in words. */
export function MethodPanel({ dataset }: { readonly dataset: Dataset }) {
  const methods = useQuery(organizerQueries.fusionMethods());
  const [opened, modal] = useDisclosure();
  return (
    <Query of={methods}>
      {(found) => {
        const method = found.find(({ key }) => key === dataset.fusion_method);
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
              </Stack>
              <Button variant="default" onClick={modal.open} leftSection={<IconArrowsJoin size={16} aria-hidden />}>
                {text.method.change}
              </Button>
            </Group>
            <MethodModal dataset={dataset} methods={found} opened={opened} onClose={modal.close} />
          </Paper>
        );
      }}
    </Query>
  );
}
