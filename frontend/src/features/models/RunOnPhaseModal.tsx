import { Button, Checkbox, Group, Modal, NativeSelect, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import type { Challenge, Phase } from '~/api/types';
import { FormError } from '~/features/account/FormError';
import { useAction } from '~/features/organizer/useAction';

import { modelName } from './comparison';
import type { DataWords } from './modelData';
import { text as words } from './pageText';
import { type Algorithm, type AlgorithmVersion, type ModelConfig, modelKeys, type Run } from './queries';
import { subsetsOf } from './subsets';
import { text as shared } from './text';
import { TrainedOnNotice } from './TrainedOnNotice';

const text = words.run;

interface RunOnPhaseModalProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
  readonly algorithm: Algorithm;
  readonly version: AlgorithmVersion;
  readonly config: ModelConfig;
  readonly words: DataWords;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Runs the version on every case of a phase, as a submission or a baseline. */
export function RunOnPhaseModal(props: RunOnPhaseModalProps) {
  const { algorithm, version, opened, onClose } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={text.title(modelName({ version: { ...version, algorithm } }))}>
      <RunForm {...props} />
    </Modal>
  );
}

interface Values {
  phase: string;
  purpose: 'submission' | 'baseline';
  method_name: string;
  method_description: string;
  sequences: string[];
  each: boolean;
  needs_gpu: boolean;
}

function RunForm({ challenge, phases, algorithm, version, config, words: data, onClose }: RunOnPhaseModalProps) {
  const navigate = useNavigate();
  const organizes = challenge.my_permissions.includes('model:run');
  const offered = phases.filter(({ is_open }) => organizes || is_open);
  // Organizers do not submit; the rest run no baselines.
  const purpose = organizes ? 'baseline' : 'submission';
  const form = useForm<Values>({
    initialValues: { phase: offered[0]?.id ?? '', purpose, method_name: '', method_description: '', sequences: [...config.sequences], each: false, needs_gpu: false },
    validate: {
      phase: (id) => (id ? null : text.needPhase),
      sequences: (chosen, { each }) => (each || chosen.length > 0 ? null : text.needSequence),
    },
  });
  const { values } = form;
  const mayLeaveOut = values.purpose === 'baseline' && config.missing !== 'refuse' && config.sequences.length > 1;
  const sets = mayLeaveOut && values.each ? subsetsOf(config.sequences) : [values.sequences];
  const start = useAction((asked: Values) => startRuns(version.id, asked, sets, config), {
    stale: [modelKeys.runs(challenge.id)],
    done: ({ length }) => text.started(length),
    refusedInForm: true,
  });
  const send = (asked: Values) =>
    start.mutate(asked, {
      onSuccess: (runs) => {
        onClose();
        if (runs.length === 1 && runs[0]) void navigate(`/runs/${runs[0].id}`);
      },
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  if (offered.length === 0) return <Text size="sm">{text.noPhase}</Text>;
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <NativeSelect label={text.phase} data={offered.map(({ id, title }) => ({ value: id, label: title }))} {...form.getInputProps('phase')} />
        <TrainedOnNotice phases={version.trained_on_phases.filter(({ id }) => id === values.phase)} />
        {organizes && (
          <SegmentedControl
            aria-label={text.purpose}
            data={Object.entries(text.purposes).map(([value, label]) => ({ value, label }))}
            orientation="vertical"
            {...form.getInputProps('purpose')}
          />
        )}
        {values.purpose === 'submission' && (
          <Text size="sm" c="dimmed">
            {text.submissionHint}
          </Text>
        )}
        <TextInput label={text.method} description={text.methodHint(modelName({ version: { ...version, algorithm } }))} maxLength={80} {...form.getInputProps('method_name')} />
        <Textarea label={text.notes} autosize minRows={2} maxLength={10_000} {...form.getInputProps('method_description')} />
        {mayLeaveOut && (
          <Stack gap="xs">
            <Checkbox.Group label={text.sequences} description={text.sequencesHint} {...form.getInputProps('sequences')}>
              <Group mt="xs">
                {config.sequences.map((key) => (
                  <Checkbox key={key} value={key} label={data.sequenceNames.get(key) ?? key} disabled={values.each} />
                ))}
              </Group>
            </Checkbox.Group>
            <Switch label={text.each(subsetsOf(config.sequences).length)} {...form.getInputProps('each', { type: 'checkbox' })} />
          </Stack>
        )}
        <Checkbox label={text.gpu} {...form.getInputProps('needs_gpu', { type: 'checkbox' })} />
        <FormError error={start.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={start.isPending}>
            {sets.length === 1 ? text.send : text.sendMany(sets.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** One after the other: where one is refused, the rest is not asked for. */
async function startRuns(versionId: string, asked: Values, sets: readonly (readonly string[])[], config: ModelConfig): Promise<Run[]> {
  const { phase, purpose, method_name, method_description, needs_gpu } = asked;
  const started: Run[] = [];
  for (const given of sets) {
    const isWhole = given.length === config.sequences.length;
    started.push(
      await answered(
        api.POST('/api/v1/phases/{phase_id}/runs/', {
          params: { path: { phase_id: phase } },
          body: { version: versionId, purpose, method_name, method_description, needs_gpu, ...(isWhole ? {} : { sequences: [...given] }) },
        }),
      ),
    );
  }
  return started;
}
