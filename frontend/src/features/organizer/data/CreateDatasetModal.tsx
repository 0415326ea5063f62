import { Button, Checkbox, Group, Modal, NativeSelect, Paper, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import type { Challenge } from '~/api/types';
import { FormError } from '~/features/account/FormError';
import { Query } from '~/ui';

import { type LabelScheme, organizerKeys, organizerQueries } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { DatasetFields, validateDataset } from './DatasetFields';
import { SchemeLabels, SchemeRegions } from './SchemeLegend';
import { sequencesFrom } from './sequences';
import { text } from './text';

interface CreateDatasetModalProps {
  readonly challenge: Challenge;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CreateDatasetModal({ challenge, opened, onClose }: CreateDatasetModalProps) {
  const schemes = useQuery({ ...organizerQueries.labelSchemes(), enabled: opened });
  return (
    <Modal opened={opened} onClose={onClose} title={text.create} size="lg">
      <Query of={schemes}>
        {(found) => <CreateDatasetForm challenge={challenge} schemes={found} onClose={onClose} />}
      </Query>
    </Modal>
  );
}

interface FormProps extends Omit<CreateDatasetModalProps, 'opened'> {
  readonly schemes: readonly LabelScheme[];
}

const PREFERRED = 'brats2017';

function CreateDatasetForm({ challenge, schemes, onClose }: FormProps) {
  const methods = useQuery(organizerQueries.fusionMethods());
  const [, setSearch] = useSearchParams();
  const form = useForm({
    initialValues: {
      name: '',
      description: '',
      licence: '',
      scheme: (schemes.find(({ slug }) => slug === PREFERRED) ?? schemes[0])?.slug ?? '',
      sequences: '',
      raters_required: 3,
      fusion_method: 'majority',
      is_synthetic: challenge.is_synthetic,
    },
    validate: { ...validateDataset, scheme: (scheme: string) => (scheme ? null : text.form.needScheme) },
  });
  const create = useAction(
    ({ sequences, ...body }: typeof form.values) => {
      const named = sequencesFrom(sequences);
      return answered(
        api.POST('/api/v1/challenges/{slug}/datasets/', {
          params: { path: { slug: challenge.slug } },
          body: named ? { ...body, sequences: named } : body,
        }),
      );
    },
    { stale: [organizerKeys.datasets(challenge.slug), keys.challenges], refusedInForm: true },
  );
  const send = (values: typeof form.values) =>
    create.mutate(values, {
      onSuccess: ({ id }) => {
        setSearch({ dataset: id }, { replace: true });
        onClose();
      },
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  const scheme = schemes.find(({ slug }) => slug === form.values.scheme);
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <DatasetFields form={form} />
        <NativeSelect
          label={text.form.scheme}
          description={text.form.schemeHint}
          data={schemes.map(({ slug, name }) => ({ value: slug, label: name }))}
          {...form.getInputProps('scheme')}
        />
        {scheme && (
          <Paper p="sm" bg="transparent">
            <Stack gap={6}>
              <SchemeLabels scheme={scheme} />
              <SchemeRegions scheme={scheme} />
            </Stack>
          </Paper>
        )}
        <TextInput label={text.form.sequences} description={text.form.sequencesHint} {...form.getInputProps('sequences')} />
        <NativeSelect
          label={text.form.fusion}
          description={methods.data?.find(({ key }) => key === form.values.fusion_method)?.description}
          data={(methods.data ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          {...form.getInputProps('fusion_method')}
        />
        <Checkbox label={text.form.synthetic} {...form.getInputProps('is_synthetic', { type: 'checkbox' })} />
        <FormError error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {text.form.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
