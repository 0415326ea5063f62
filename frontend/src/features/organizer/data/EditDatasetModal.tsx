import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type Dataset, organizerKeys } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { DatasetFields, type DatasetValues, validateDataset } from './DatasetFields';
import { text } from './text';

interface EditDatasetModalProps {
  readonly dataset: Dataset;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function EditDatasetModal({ dataset, opened, onClose }: EditDatasetModalProps) {
  const { name, description, licence, raters_required } = dataset;
  const form = useForm<DatasetValues>({
    initialValues: { name, description, licence, raters_required },
    validate: validateDataset,
  });
  const save = useAction(
    (body: DatasetValues) =>
      answered(api.PATCH('/api/v1/datasets/{dataset_id}/', { params: { path: { dataset_id: dataset.id } }, body })),
    {
      stale: [organizerKeys.datasets(dataset.challenge.slug), keys.dataset(dataset.id)],
      done: () => text.form.saved,
      refusedInForm: true,
    },
  );
  const send = (values: DatasetValues) =>
    save.mutate(values, { onSuccess: onClose, onError: (error) => form.setErrors(asProblem(error).fields) });
  return (
    <Modal opened={opened} onClose={onClose} title={text.edit} size="lg">
      <form onSubmit={form.onSubmit(send)} noValidate>
        <Stack>
          <DatasetFields form={form} />
          <FormError error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {text.form.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
