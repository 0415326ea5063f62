import { Alert, Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { IconDatabaseImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';

import { type Dataset, type Import, type Member, organizerKeys, organizerQueries } from '../queries';
import { useAction } from '../useAction';
import { guessRaters, isMatchedTwice } from './raterMatching';
import { ImportPreview } from './ImportPreview';
import { text } from './text';

interface ImportConfirmProps {
  readonly dataset: Dataset;
  readonly found: Import;
  readonly discard: ReactNode;
}

/** What was recognised, which of it to keep, and whose labelmaps they are. */
export function ImportConfirm({ dataset, found, discard }: ImportConfirmProps) {
  const { slug } = dataset.challenge;
  const members = useQuery(organizerQueries.members(slug));
  const raters = (members.data ?? []).filter(({ role }) => role === 'rater');
  const [skipped, setSkipped] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Readonly<Record<string, number | null>>>({});
  const preview = found.preview;
  const matched = { ...guessRaters(preview?.raters ?? [], raters), ...chosen };
  const confirm = useAction(
    () =>
      answered(
        api.POST('/api/v1/imports/{import_id}/confirm/', {
          params: { path: { import_id: found.id } },
          body: { raters: onlyMatched(matched), skip_cases: [...skipped] },
        }),
      ),
    {
      stale: [keys.dataset(dataset.id), organizerKeys.import(found.id), organizerKeys.datasets(slug)],
      done: () => text.imports.confirmed,
    },
  );
  if (!preview) return null;
  const count = preview.cases.filter(({ name, storable }) => storable && !skipped.has(name)).length;
  const twice = isMatchedTwice(matched);
  return (
    <Stack gap="md">
      <ImportPreview preview={preview} dataset={dataset} skipped={skipped} onSkip={setSkipped} />
      {preview.raters.length > 0 && (
        <RaterMatching
          names={preview.raters}
          raters={raters}
          matched={matched}
          onChange={(name, id) => setChosen({ ...chosen, [name]: id })}
        />
      )}
      {twice && (
        <Text size="sm" c="var(--bad)" role="alert">
          {text.imports.raters.same}
        </Text>
      )}
      {preview.counts.storable === 0 && <Alert color="red">{text.imports.nothingToStore}</Alert>}
      <Group gap="xs">
        <Button
          disabled={count === 0 || twice}
          loading={confirm.isPending}
          onClick={() => confirm.mutate(undefined)}
          leftSection={<IconDatabaseImport size={16} aria-hidden />}
        >
          {text.imports.store(count)}
        </Button>
        {discard}
      </Group>
    </Stack>
  );
}

function onlyMatched(matched: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(matched).flatMap(([name, id]) => (id === null ? [] : [[name, id]])));
}

interface RaterMatchingProps {
  readonly names: readonly string[];
  readonly raters: readonly Member[];
  readonly matched: Readonly<Record<string, number | null>>;
  readonly onChange: (name: string, id: number | null) => void;
}

function RaterMatching({ names, raters, matched, onChange }: RaterMatchingProps) {
  const people = raters.map(({ user, alias }) => ({
    value: String(user.id),
    label: alias ? `${user.name} (${alias})` : user.name,
  }));
  return (
    <Stack gap={6}>
      <Title order={3}>{text.imports.raters.title}</Title>
      <Text size="sm" c="dimmed">
        {raters.length === 0 ? text.imports.raters.noMembers : text.imports.raters.hint}
      </Text>
      {raters.length > 0 && (
        <Group gap="md">
          {names.map((name) => (
            <NativeSelect
              key={name}
              size="sm"
              label={name}
              data={[{ value: '', label: text.imports.raters.nobody }, ...people]}
              value={matched[name] == null ? '' : String(matched[name])}
              onChange={({ currentTarget: { value } }) => onChange(name, value === '' ? null : Number(value))}
            />
          ))}
        </Group>
      )}
    </Stack>
  );
}
