import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { formatWorked } from '~/format';
import { EmptyState, Query } from '~/ui';

import { type Assignment, type CaseRow, type Dataset, type Member, organizerQueries } from '../queries';
import { AssignmentModal } from './AssignmentModal';
import { progressRows, type ProgressRow, type SquareState } from './progress';
import classes from './raters.module.css';
import { SquareLine } from './SquareLine';
import { text } from './text';

interface ProgressSectionProps {
  readonly dataset: Dataset;
  readonly cases: readonly CaseRow[];
  readonly members: readonly Member[];
}

/** How far every rater is with every case. */
export function ProgressSection({ dataset, cases, members }: ProgressSectionProps) {
  const assignments = useQuery(organizerQueries.assignments(dataset.id));
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{text.progress}</Title>
      <Query of={assignments}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={<IconGridDots size={28} />} title={text.none.title}>
              {text.none.sentence}
            </EmptyState>
          ) : (
            <ProgressGrid dataset={dataset} rows={progressRows(found, cases)} members={members} />
          )
        }
      </Query>
    </Stack>
  );
}

interface ProgressGridProps {
  readonly dataset: Dataset;
  readonly rows: readonly ProgressRow[];
  readonly members: readonly Member[];
}

function ProgressGrid({ dataset, rows, members }: ProgressGridProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const assignments = rows.flatMap(({ cells }) => cells.flatMap(({ assignment }) => assignment ?? []));
  const aliases = new Map(members.map(({ user, alias }) => [user.id, alias]));
  return (
    <Paper p="md">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {text.lead}
        </Text>
        <div className={classes.rows}>
          <div className={classes.heads} aria-hidden>
            <span />
            <span>{text.heads.submitted}</span>
            <span>{text.worked}</span>
            <span>{text.heads.cases}</span>
          </div>
          {rows.map((row) => (
            <RaterRow key={row.rater.id} row={row} alias={aliases.get(row.rater.id) ?? ''} onChoose={({ id }) => setChosen(id)} />
          ))}
        </div>
        <Legend />
      </Stack>
      <AssignmentModal
        dataset={dataset}
        assignment={assignments.find(({ id }) => id === chosen) ?? null}
        onClose={() => setChosen(null)}
      />
    </Paper>
  );
}

interface RaterRowProps {
  readonly row: ProgressRow;
  readonly alias: string;
  readonly onChoose: (assignment: Assignment) => void;
}

function RaterRow({ row, alias, onChoose }: RaterRowProps) {
  const { rater, submitted, assigned, active_ms } = row;
  return (
    <div className={classes.row}>
      <div>
        <Text size="sm" fw={600}>
          {rater.name}
        </Text>
        {alias && (
          <Text size="xs" c="dimmed">
            {alias}
          </Text>
        )}
      </div>
      <Text size="sm" c="dimmed" ta="right" style={{ whiteSpace: 'nowrap' }}>
        {text.counts(submitted, assigned)}
      </Text>
      <Text size="sm" c="dimmed" ta="right" style={{ whiteSpace: 'nowrap' }} title={text.worked}>
        {formatWorked(active_ms)}
      </Text>
      <SquareLine row={row} onChoose={onChoose} />
    </div>
  );
}

const LEGEND: readonly SquareState[] = ['unassigned', 'assigned', 'draft', 'submitted', 'reopened'];

function Legend() {
  return (
    <Group gap="md" role="group" aria-label={text.legend}>
      {LEGEND.map((state) => (
        <Group key={state} gap={6} wrap="nowrap">
          <span className={classes.square} data-state={state} aria-hidden />
          <Text size="xs" c="dimmed">
            {state === 'unassigned' ? text.unassigned : text.states[state]}
          </Text>
        </Group>
      ))}
      <Group gap={6} wrap="nowrap">
        <span className={classes.square} data-state="assigned" data-overdue aria-hidden />
        <Text size="xs" c="dimmed">
          {text.overdue}
        </Text>
      </Group>
    </Group>
  );
}
