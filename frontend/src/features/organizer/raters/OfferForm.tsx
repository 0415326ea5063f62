import { Button, FileInput, Group, Paper, SegmentedControl, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconWand } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { queries } from '~/api/queries';
import { FormError } from '~/features/account/FormError';
import { formatCount } from '~/format';

import { type CaseRow, type Dataset, type Member, organizerKeys } from '../queries';
import { useAction } from '../useAction';
import { matchFiles } from './caseMatching';
import { RatersField } from './RatersField';
import { text } from './text';

interface OfferFormProps {
  readonly dataset: Dataset;
  readonly cases: readonly CaseRow[];
  readonly raters: readonly Member[];
}

interface Values {
  from: 'files' | 'submission';
  files: File[];
  submission: string | null;
  source: string;
  raters: string[];
}

interface Offered {
  readonly offered: number;
  readonly begun: number;
}

/** Labelmaps that raters may start from, so that they correct instead of drawing anew. */
export function OfferForm({ dataset, cases, raters }: OfferFormProps) {
  const form = useForm<Values>({
    initialValues: { from: 'files', files: [], submission: null, source: '', raters: [] },
    validate: {
      files: (files, { from }) =>
        from === 'submission' || matchFiles(files, cases).some(({ of }) => of) ? null : text.offer.needFiles,
      submission: (chosen, { from }) => (from === 'files' || chosen ? null : text.offer.needSubmission),
      source: (source, { from }) => (from === 'submission' || source.trim() ? null : text.offer.needSource),
    },
  });
  const { values } = form;
  const offer = useAction((asked: Values) => send(asked, cases), {
    stale: [organizerKeys.assignments(dataset.id)],
    done: ({ offered, begun }) => text.offer.done(offered, begun),
    refusedInForm: true,
  });
  const matched = matchFiles(values.files, cases);
  const unmatched = matched.filter(({ of }) => !of).map(({ file }) => file.name);
  return (
    <Paper p="md" component="section">
      <form onSubmit={form.onSubmit((asked) => offer.mutate(asked, { onSuccess: form.reset }))} noValidate>
        <Stack gap="md">
          <div>
            <Title order={2}>{text.offer.title}</Title>
            <Text size="sm" c="dimmed">
              {text.offer.lead}
            </Text>
          </div>
          <SegmentedControl
            aria-label={text.offer.from}
            data={Object.entries(text.offer.sources).map(([value, label]) => ({ value, label }))}
            style={{ alignSelf: 'flex-start' }}
            {...form.getInputProps('from')}
          />
          {values.from === 'files' ? (
            <Stack gap={4} maw={520}>
              <FileInput
                multiple
                clearable
                label={text.offer.files}
                description={text.offer.filesHint}
                placeholder={text.offer.choose}
                {...form.getInputProps('files')}
              />
              {unmatched.length > 0 && (
                <Text size="sm" c="var(--bad)">
                  {text.offer.unmatched(unmatched)}
                </Text>
              )}
              {matched.length > unmatched.length && (
                <Text size="sm" c="dimmed">
                  {text.offer.matched(formatCount(matched.length - unmatched.length, 'case'))}
                </Text>
              )}
            </Stack>
          ) : (
            <SubmissionSelect dataset={dataset} {...form.getInputProps('submission')} />
          )}
          <TextInput
            label={text.offer.source}
            description={values.from === 'files' ? text.offer.sourceHint : text.offer.methodHint}
            maxLength={200}
            maw={520}
            {...form.getInputProps('source')}
          />
          <RatersField raters={raters} hint={text.offer.ratersHint} {...form.getInputProps('raters')} />
          <FormError error={offer.error} />
          <Group>
            <Button type="submit" loading={offer.isPending} leftSection={<IconWand size={16} aria-hidden />}>
              {text.offer.button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

async function send(asked: Values, cases: readonly CaseRow[]): Promise<Offered> {
  const raters = asked.raters.map(Number);
  if (asked.from === 'submission') {
    return answered(
      api.POST('/api/v1/submissions/{submission_id}/pre-annotations/', {
        params: { path: { submission_id: asked.submission ?? '' } },
        body: { source: asked.source, cases: cases.map(({ id }) => id), ...(raters.length > 0 ? { raters } : {}) },
      }),
    );
  }
  let total: Offered = { offered: 0, begun: 0 };
  for (const { file, of } of matchFiles(asked.files, cases)) {
    if (!of) continue;
    const one = await sendFile(file, of.id, asked.source, raters);
    total = { offered: total.offered + one.offered, begun: total.begun + one.begun };
  }
  return total;
}

function sendFile(file: File, caseId: string, source: string, raters: readonly number[]): Promise<Offered> {
  return answered(
    api.POST('/api/v1/cases/{case_id}/pre-annotations/', {
      params: { path: { case_id: caseId } },
      body: { file: file as unknown as string, source },
      bodySerializer: () => {
        const form = new FormData();
        form.append('file', file);
        form.append('source', source);
        raters.forEach((rater) => form.append('raters', String(rater)));
        return form;
      },
    }),
  );
}

interface SubmissionSelectProps {
  readonly dataset: Dataset;
  readonly value?: string | null;
  readonly onChange?: (value: string | null) => void;
  readonly error?: React.ReactNode;
}

function SubmissionSelect({ dataset, value = null, onChange, error }: SubmissionSelectProps) {
  const phases = useQuery(queries.challengePhases(dataset.challenge.slug));
  const lists = useQueries({
    queries: (phases.data?.results ?? []).map(({ id }) => queries.phaseSubmissions(id)),
  });
  const found = lists.flatMap(({ data }) => data?.results ?? []);
  return (
    <Select
      label={text.offer.submission}
      placeholder={text.offer.choose}
      nothingFoundMessage={text.offer.noSubmission}
      data={found.map((one) => ({ value: one.id, label: text.offer.submissionName(one.method_name, one.participant.name) }))}
      searchable
      clearable
      maw={520}
      value={value}
      onChange={(chosen) => onChange?.(chosen)}
      error={error}
    />
  );
}
