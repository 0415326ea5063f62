import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, SimpleGrid, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import type { Challenge } from '~/api/types';
import { FormError } from '~/features/account/FormError';
import { useVersionChoices } from '~/features/organizer/phases/useVersionChoices';
import { useAction } from '~/features/organizer/useAction';
import { Lines } from '~/ui';

import { jsonProblem } from './jsonProblem';
import classes from './models.module.css';
import { text as page } from './pageText';
import { type Algorithm, type Architecture, modelKeys, modelQueries } from './queries';
import { text as shared } from './text';
import { trainingBody, type TrainingValues } from './trainingBody';
import { text as words } from './trainingText';

const text = words.dialog;
/** Those that any network can be given. */
const STRATEGIES = ['refuse', 'zero', 'mean'];
const MOST_MINUTES = 14 * 24 * 60;

interface TrainingModalProps {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Lets a network learn from the references of a data set; what it becomes is the model's next version. */
export function TrainingModal(props: TrainingModalProps) {
  const { algorithm, opened, onClose } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={text.title(algorithm.name)} size="lg">
      <Choices {...props} />
    </Modal>
  );
}

/** The form, once it is known what there is to choose from. */
function Choices(props: TrainingModalProps) {
  const choices = useVersionChoices(props.challenge.slug);
  const architectures = useQuery(modelQueries.architectures());
  if (!choices || !architectures.data) return <Lines count={4} />;
  if (choices.length === 0) return <Text size="sm">{text.noData}</Text>;
  // The schema names a plain string where it lists them, and the networks themselves where one is asked for.
  const networks = architectures.data.map(({ slug }) => slug as Architecture);
  return <TrainingForm {...props} versions={choices} networks={networks} />;
}

interface FormProps extends TrainingModalProps {
  readonly versions: readonly { readonly value: string; readonly label: string }[];
  readonly networks: readonly Architecture[];
}

function TrainingForm({ challenge, algorithm, versions, networks, onClose }: FormProps) {
  const navigate = useNavigate();
  const form = useForm<TrainingValues>({
    initialValues: {
      dataset_version: versions[0]?.value ?? '',
      architecture: networks.includes('unet3d') ? 'unet3d' : (networks[0] ?? 'unet3d'),
      minutes: 10,
      held_out_percent: 20,
      seed: 0,
      split_seed: 0,
      recipe: '',
      settings: '',
      missing: '',
      needs_gpu: false,
    },
    validate: {
      dataset_version: (id) => (id ? null : text.needData),
      minutes: (minutes) => (typeof minutes === 'number' && minutes >= 1 && minutes <= MOST_MINUTES ? null : text.needBudget),
      held_out_percent: (share) => (typeof share === 'number' && share >= 1 && share <= 90 ? null : text.needShare),
      recipe: jsonProblem,
      settings: jsonProblem,
    },
  });
  const start = useAction(
    (asked: TrainingValues) =>
      answered(
        api.POST('/api/v1/algorithms/{algorithm_id}/trainings/', {
          params: { path: { algorithm_id: algorithm.id } },
          body: trainingBody(asked),
        }),
      ),
    { stale: [modelKeys.trainings(challenge.id)], done: () => text.started, refusedInForm: true },
  );
  const send = (asked: TrainingValues) =>
    start.mutate(asked, {
      onSuccess: ({ id }) => void navigate(`/trainings/${id}`),
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {text.lead}
        </Text>
        <NativeSelect label={text.data} data={[...versions]} {...form.getInputProps('dataset_version')} />
        <NativeSelect
          label={text.network}
          data={networks.map((slug) => ({ value: slug, label: words.networks[slug] ?? slug }))}
          {...form.getInputProps('architecture')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput label={text.budget} description={text.budgetHint} min={1} max={MOST_MINUTES} inputWrapperOrder={BELOW} {...form.getInputProps('minutes')} />
          <NumberInput label={text.share} description={text.shareHint} min={1} max={90} inputWrapperOrder={BELOW} {...form.getInputProps('held_out_percent')} />
          <NumberInput label={text.seed} description={text.seedHint} min={0} allowDecimal={false} inputWrapperOrder={BELOW} {...form.getInputProps('seed')} />
          <NumberInput label={text.splitSeed} description={text.splitSeedHint} min={0} allowDecimal={false} inputWrapperOrder={BELOW} {...form.getInputProps('split_seed')} />
        </SimpleGrid>
        <NativeSelect
          label={text.missing}
          description={text.missingHint}
          data={[{ value: '', label: text.ownMissing }, ...STRATEGIES.map((key) => ({ value: key, label: page.missing[key] ?? key }))]}
          {...form.getInputProps('missing')}
        />
        <details>
          <summary>{text.more}</summary>
          <Stack mt="sm">
            <Textarea label={text.recipe} description={text.recipeHint} autosize minRows={2} className={classes.json ?? ''} {...form.getInputProps('recipe')} />
            <Textarea label={text.settings} description={text.settingsHint} autosize minRows={2} className={classes.json ?? ''} {...form.getInputProps('settings')} />
          </Stack>
        </details>
        <Checkbox label={text.gpu} {...form.getInputProps('needs_gpu', { type: 'checkbox' })} />
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

/** Hints under the fields, so that fields beside each other stand on one line. */
const BELOW: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];
