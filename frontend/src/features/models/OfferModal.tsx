import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import type { Challenge } from '~/api/types';
import { FormError } from '~/features/account/FormError';
import { type Dataset, organizerQueries } from '~/features/organizer/queries';
import { useAction } from '~/features/organizer/useAction';
import { Query } from '~/ui';

import { modelName } from './comparison';
import { text as words } from './pageText';
import { type Algorithm, type AlgorithmVersion, modelKeys } from './queries';
import { text as shared } from './text';

const text = words.offer;

interface OfferModalProps {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  readonly version: AlgorithmVersion;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Predicts the cases of a data set, for its raters to start from. */
export function OfferModal(props: OfferModalProps) {
  const { challenge, algorithm, version, opened, onClose } = props;
  const datasets = useQuery({ ...organizerQueries.datasets(challenge.slug), enabled: opened });
  return (
    <Modal opened={opened} onClose={onClose} title={text.title(modelName({ version: { ...version, algorithm } }))}>
      <Query of={datasets}>
        {(found) => (found.length === 0 ? <Text size="sm">{text.none}</Text> : <OfferForm {...props} datasets={found} />)}
      </Query>
    </Modal>
  );
}

function OfferForm({ challenge, version, datasets, onClose }: OfferModalProps & { readonly datasets: readonly Dataset[] }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { dataset: datasets[0]?.id ?? '', needs_gpu: false },
    validate: { dataset: (id) => (id ? null : text.needDataset) },
  });
  const start = useAction(
    ({ dataset, needs_gpu }: typeof form.values) =>
      answered(
        api.POST('/api/v1/datasets/{dataset_id}/runs/', {
          params: { path: { dataset_id: dataset } },
          body: { version: version.id, needs_gpu },
        }),
      ),
    { stale: [modelKeys.runs(challenge.id)], done: () => text.started, refusedInForm: true },
  );
  const send = (asked: typeof form.values) =>
    start.mutate(asked, {
      onSuccess: ({ id }) => void navigate(`/runs/${id}`),
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {text.lead}
        </Text>
        <NativeSelect label={text.dataset} data={datasets.map(({ id, name }) => ({ value: id, label: name }))} {...form.getInputProps('dataset')} />
        <Checkbox label={words.run.gpu} {...form.getInputProps('needs_gpu', { type: 'checkbox' })} />
        <FormError error={start.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={start.isPending}>
            {text.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
