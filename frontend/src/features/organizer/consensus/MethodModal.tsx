import { Alert, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type Dataset, type FusionMethod, organizerKeys } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { text } from './text';

interface MethodModalProps {
  readonly dataset: Dataset;
  readonly methods: readonly FusionMethod[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Chooses another method, and says what follows before it happens. */
export function MethodModal({ dataset, methods, opened, onClose }: MethodModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.method.choose} size="lg">
      <MethodForm dataset={dataset} methods={methods} onClose={onClose} />
    </Modal>
  );
}

function MethodForm({ dataset, methods, onClose }: Omit<MethodModalProps, 'opened'>) {
  const [chosen, setChosen] = useState(dataset.fusion_method);
  const change = useAction(
    (fusion_method: string) =>
      answered(
        api.PATCH('/api/v1/datasets/{dataset_id}/', {
          params: { path: { dataset_id: dataset.id } },
          body: { fusion_method },
        }),
      ),
    {
      stale: [organizerKeys.datasets(dataset.challenge.slug), keys.dataset(dataset.id)],
      done: () => text.method.changed,
      refusedInForm: true,
    },
  );
  const isOther = chosen !== dataset.fusion_method;
  return (
    <Stack>
      <Radio.Group value={chosen} onChange={setChosen} aria-label={text.method.choose}>
        <Stack gap="sm">
          {methods.map(({ key, name, description, tie_rule }) => (
            <Radio.Card key={key} value={key} p="sm" radius="sm">
              <Group wrap="nowrap" align="flex-start" gap="sm">
                <Radio.Indicator mt={2} />
                <div>
                  <Text size="sm" fw={600}>
                    {name}
                    {key === dataset.fusion_method && (
                      <Text span size="xs" c="dimmed" fw={400}>
                        {' '}
                        {text.method.current}
                      </Text>
                    )}
                  </Text>
                  <Text size="sm">{description}</Text>
                  <Text size="sm" c="dimmed">
                    {text.method.ties}: {tie_rule}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </Stack>
      </Radio.Group>
      {isOther && dataset.case_count > 0 && (
        <Alert color="orange">{text.method.consequence(dataset.case_count)}</Alert>
      )}
      <FormError error={change.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared.cancel}
        </Button>
        <Button
          disabled={!isOther}
          loading={change.isPending}
          onClick={() => change.mutate(chosen, { onSuccess: onClose })}
        >
          {text.method.confirm}
        </Button>
      </Group>
    </Stack>
  );
}
