import { Grid, Group, List, Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconEyeOff, IconTrophy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Leaderboard, LeaderboardRow, Metric, Phase, RankingAnalysis } from '~/api/types';
import { metricOf, MetricSelect, metricsNamed, nameWithUnit, useMetricInAddress, useMetrics } from '~/features/metrics';
import { ruleInWords } from '~/features/phase';
import { useTopic } from '~/live';
import { EmptyState, Lines, Query } from '~/ui';

import { BoardPlot } from './BoardPlot';
import { BoardTable } from './BoardTable';
import { firstMetric } from './rankValue';
import { StabilitySection } from './StabilitySection';
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
  const ranking = useQuery({ ...queries.ranking(phase.id), enabled: board.access === 'all' });
  const catalogue = useMetrics();
  const [key, showMetric] = useMetricInAddress(board.metrics, firstMetric(board));
  const metric = metricOf(catalogue, key);
  const mayOpen = (row: LeaderboardRow) => row.is_mine || seesAllSubmissions;
  const empty = board.rows.length === 0;
  if (empty && board.human_rows.length === 0) return <NothingYet board={board} />;
  return (
    <Stack gap="lg">
      {empty && <NothingYet board={board} />}
      <Grid gutter="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <StandingLine board={board} />
          <Text size="sm" mb="sm" c="dimmed" maw={760}>
            {board.access === 'own' ? text.own.note : ruleOfBoard(board, catalogue)}
          </Text>
          {board.metrics.length > 1 && (
            <Group mb="sm">
              <MetricSelect metrics={metricsNamed(catalogue, board.metrics)} value={key} onChange={showMetric} label={text.show} />
            </Group>
          )}
          <Paper style={{ overflow: 'hidden' }}>
            <BoardTable
              board={board}
              metric={metric}
              analysis={ranking.data && isOfBoard(ranking.data, board) ? ranking.data : null}
              changes={changes}
              mayOpen={mayOpen}
            />
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="lg">
            <Paper p="md">
              <Title order={2} size="h3" mb="sm">
                {text.plot.title}
              </Title>
              <BoardPlot board={board} metric={metric} />
            </Paper>
            <HowToRead board={board} metric={metric} />
          </Stack>
        </Grid.Col>
      </Grid>
      {!empty && board.access === 'all' && (
        <Query of={ranking}>
          {(analysis) => <StabilitySection phaseId={phase.id} analysis={analysis} metric={metric} />}
        </Query>
      )}
      <Announcement board={board} changes={changes} />
    </Stack>
  );
}

/** Nothing until the metrics' names are known. */
function ruleOfBoard({ ranking, regions }: Leaderboard, catalogue: readonly Metric[]): string {
  if (catalogue.length === 0) return '';
  return ruleInWords({ ...ranking, metrics: ranking.metrics.map((key) => metricOf(catalogue, key)) }, regions.length);
}

/** The analysis of another board would put letters beside the wrong ranks. */
function isOfBoard(analysis: RankingAnalysis, board: Leaderboard): boolean {
  return analysis.snapshot !== null && analysis.snapshot.id === board.snapshot?.id;
}

function NothingYet({ board }: { readonly board: Leaderboard }) {
  return (
    <EmptyState icon={<IconTrophy size={28} />} title={text.empty.title}>
      {board.human_rows.length > 0 ? text.empty.withHumans : text.empty.withoutHumans}
    </EmptyState>
  );
}

function StandingLine({ board }: { readonly board: Leaderboard }) {
  const standing = myStanding(board);
  if (!standing) return null;
  const { rank, entrants, ratersBehind, raters } = standing;
  return (
    <Text mb="xs" size="sm">
      <b>{text.standing.line(rank, entrants)}</b>
      {raters > 0 && `, ${text.standing.humans(ratersBehind, raters)}`}.
    </Text>
  );
}

function HowToRead({ board, metric }: { readonly board: Leaderboard; readonly metric: Metric }) {
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
        {metric.description && (
          <List.Item>
            {metric.name}: {metric.description}
          </List.Item>
        )}
        <List.Item>{method.score(nameWithUnit(metric))}</List.Item>
        <List.Item>{method.best}</List.Item>
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
