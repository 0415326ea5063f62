import { Grid, Group, List, Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconEyeOff, IconTrophy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Leaderboard, LeaderboardRow, Phase } from '~/api/types';
import { useTopic } from '~/live';
import { EmptyState, Lines, Query } from '~/ui';

import { BoardPlot } from './BoardPlot';
import { BoardTable } from './BoardTable';
import { methodKey, myStanding, type RankChange } from './standings';
import { text } from './text';
import { useRankChanges } from './useRankChanges';

interface LeaderboardPanelProps {
  readonly phase: Phase;
  readonly seesAllSubmissions: boolean;
}

/** The board of a phase, or why there is none for this person. */
export function LeaderboardPanel({ phase, seesAllSubmissions }: LeaderboardPanelProps) {
  if (phase.scores_visible !== 'none') return <Board phase={phase} seesAllSubmissions={seesAllSubmissions} />;
  const hidden = phase.score_visibility === 'hidden' ? text.hidden : text.own;
  return (
    <EmptyState icon={<IconEyeOff size={28} />} title={hidden.title}>
      {hidden.sentence}
    </EmptyState>
  );
}

function Board({ phase, seesAllSubmissions }: LeaderboardPanelProps) {
  useTopic(phase.scores_visible === 'all' ? `board:${phase.id}` : null);
  const board = useQuery(queries.leaderboard(phase.id));
  return (
    <Query of={board} loading={<Lines count={8} height={44} />}>
      {(data) => <BoardContent board={data} phase={phase} seesAllSubmissions={seesAllSubmissions} />}
    </Query>
  );
}

function BoardContent({ board, phase, seesAllSubmissions }: LeaderboardPanelProps & { readonly board: Leaderboard }) {
  const changes = useRankChanges(phase.id, board.rows);
  const mayOpen = (row: LeaderboardRow) => row.is_mine || seesAllSubmissions;
  const empty = board.rows.length === 0;
  return (
    <Stack gap="lg">
      {empty && (
        <EmptyState icon={<IconTrophy size={28} />} title={text.empty.title}>
          {board.human_rows.length > 0 ? text.empty.withHumans : text.empty.withoutHumans}
        </EmptyState>
      )}
      {(!empty || board.human_rows.length > 0) && (
        <Grid gutter="lg">
          <Grid.Col span={{ base: 12, lg: 7.5 }}>
            <StandingLine board={board} />
            {board.access === 'own' && (
              <Text mb="xs" size="sm" c="dimmed">
                {text.own.note}
              </Text>
            )}
            <Paper style={{ overflow: 'hidden' }}>
              <BoardTable board={board} changes={changes} mayOpen={mayOpen} />
            </Paper>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4.5 }}>
            <Stack gap="lg">
              <Paper p="md">
                <Title order={2} size="h3" mb="sm">
                  {text.plot.title}
                </Title>
                <BoardPlot board={board} />
              </Paper>
              <HowToRead board={board} />
            </Stack>
          </Grid.Col>
        </Grid>
      )}
      <Announcement board={board} changes={changes} />
    </Stack>
  );
}

function StandingLine({ board }: { readonly board: Leaderboard }) {
  const standing = myStanding(board);
  if (!standing) return null;
  const { rank, entrants, ratersBelow, raters } = standing;
  return (
    <Text mb="xs" size="sm">
      <b>{text.standing.line(rank, entrants)}</b>
      {raters > 0 && `, ${text.standing.above(ratersBelow, raters)}`}.
    </Text>
  );
}

function HowToRead({ board }: { readonly board: Leaderboard }) {
  const { method } = text;
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text className="eyebrow">{method.title}</Text>
        {board.snapshot && (
          <Text size="xs" c="dimmed">
            {method.snapshot(board.snapshot.number)}
          </Text>
        )}
      </Group>
      <List size="sm" c="dimmed" spacing={3}>
        <List.Item>{method.score(board.metric === 'dice' ? 'Dice' : board.metric)}</List.Item>
        <List.Item>{method.best}</List.Item>
        <List.Item>{board.ties === 'average' ? method.ties.average : method.ties.min}</List.Item>
        {board.human_rows.length > 0 && <List.Item>{method.human}</List.Item>}
        {board.reference && <List.Item>{method.reference(board.reference.number)}</List.Item>}
      </List>
    </Stack>
  );
}

interface AnnouncementProps {
  readonly board: Leaderboard;
  readonly changes: ReadonlyMap<string, RankChange>;
}

/** Those who do not see the rows move hear of it. */
function Announcement({ board, changes }: AnnouncementProps) {
  const moved = board.rows.filter((row) => changes.has(methodKey(row)));
  return (
    <VisuallyHidden role="status">
      {moved.map((row) => text.announce(row.method_name, row.rank ?? 0)).join(' ')}
    </VisuallyHidden>
  );
}
