import { Alert, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { Fragment, useState } from 'react';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type CaseConsensus, type Dataset, type FusionMethod, organizerKeys } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { fusible } from './agreement';
import { ParameterFields } from './ParameterFields';
import { isSame, type ParameterValue, readParameters, type Typed, typedOf } from './parameters';
import { text } from './text';

interface MethodModalProps {
  readonly dataset: Dataset;
  readonly methods: readonly FusionMethod[];
  /** The cases as they stand; null while they are fetched. */
  readonly rows: readonly CaseConsensus[] | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Chooses another method or other parameters, and says what follows before it happens. */
export function MethodModal({ dataset, methods, rows, opened, onClose }: MethodModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.method.choose} size="xl">
      <MethodForm dataset={dataset} methods={methods} rows={rows} onClose={onClose} />
    </Modal>
  );
}

interface Wanted {
  readonly fusion_method: string;
  readonly fusion_parameters: Record<string, ParameterValue>;
}

function MethodForm({ dataset, methods, rows, onClose }: Omit<MethodModalProps, 'opened'>) {
  const [chosen, setChosen] = useState(dataset.fusion_method);
  const [typed, setTyped] = useState<Readonly<Record<string, Typed>>>({});
  const change = useAction(
    (body: Wanted) =>
      answered(api.PATCH('/api/v1/datasets/{dataset_id}/', { params: { path: { dataset_id: dataset.id } }, body })),
    {
      stale: [organizerKeys.datasets(dataset.challenge.slug), keys.dataset(dataset.id)],
      done: () => text.method.changed,
      refusedInForm: true,
    },
  );
  const typedFor = (method: FusionMethod): Typed =>
    typed[method.key] ?? typedOf(method, method.key === dataset.fusion_method ? dataset.fusion_parameters : {});
  const method = methods.find(({ key }) => key === chosen);
  const values = method ? readParameters(method, typedFor(method)) : null;
  const isOther = chosen !== dataset.fusion_method || (values !== null && !isSame(values, dataset.fusion_parameters));
  return (
    <Stack>
      <Radio.Group value={chosen} onChange={setChosen} aria-label={text.method.choose}>
        <Stack gap="sm">
          {methods.map((offered) => (
            <Fragment key={offered.key}>
              <MethodCard method={offered} isCurrent={offered.key === dataset.fusion_method} />
              {offered === method && method.parameters.length > 0 && (
                <ParameterFields
                  method={method}
                  typed={typedFor(method)}
                  onChange={(next) => setTyped({ ...typed, [method.key]: next })}
                />
              )}
            </Fragment>
          ))}
        </Stack>
      </Radio.Group>
      {isOther && values && rows && <Alert color="orange">{text.method.consequence(fusible(rows))}</Alert>}
      <FormError error={change.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared.cancel}
        </Button>
        <Button
          disabled={!isOther || !values}
          loading={change.isPending}
          onClick={() =>
            values && change.mutate({ fusion_method: chosen, fusion_parameters: values }, { onSuccess: onClose })
          }
        >
          {text.method.confirm}
        </Button>
      </Group>
    </Stack>
  );
}

function MethodCard({ method, isCurrent }: { readonly method: FusionMethod; readonly isCurrent: boolean }) {
  const { key, name, description, tie_rule } = method;
  return (
    <Radio.Card value={key} p="sm" radius="sm">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator mt={2} />
        <div>
          <Text size="sm" fw={600}>
            {name}
            {isCurrent && (
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
  );
}
