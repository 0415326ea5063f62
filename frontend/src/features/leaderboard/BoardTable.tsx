import { Badge, Group, Table, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import { type ReactNode, useMemo, useRef } from 'react';
import { Link } from 'react-router';

import type { HumanRow, Leaderboard, LeaderboardRow, Metric, RankedEntrant, RankingAnalysis } from '~/api/types';
import { metricOf, MetricValue, nameWithUnit, useMetrics, useMetricSetWords } from '~/features/metrics';
import { formatDay } from '~/format';
import { RegionLabel } from '~/ui';

import classes from './BoardTable.module.css';
import { RankMark } from './RankMark';
import { formatRankValue, rankValueIsNews } from './rankValue';
import { formatInterval } from './stability';
import { boardEntries, type RankChange } from './standings';
import { text } from './text';
import { useSlidingRows } from './useSlidingRows';

interface BoardTableProps {
  readonly board: Leaderboard;
  /** The one that is shown, whatever ranks. */
  readonly metric: Metric;
  /** Of this very board; null while there is none. */
  readonly analysis: RankingAnalysis | null;
  readonly changes: ReadonlyMap<string, RankChange>;
  /** Whether a submission's page may be opened: one's own, and every one for organizers. */
  readonly mayOpen: (row: LeaderboardRow) => boolean;
}

/** What every row needs to know of the table. */
interface Layout {
  readonly board: Leaderboard;
  readonly metric: Metric;
  readonly ranking: Metric;
  readonly stability: ReadonlyMap<string, RankedEntrant> | null;
  readonly showsValue: boolean;
}

const FIXED_PX = 184;
const COLUMN_PX = 62;

export function BoardTable({ board, metric, analysis, changes, mayOpen }: BoardTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const catalogue = useMetrics();
  const entries = useMemo(() => boardEntries(board), [board]);
  useSlidingRows(body, entries.map(({ key }) => key));
  const layout: Layout = {
    board,
    metric,
    ranking: metricOf(catalogue, board.metric),
    stability: analysis?.bootstrap ? new Map(analysis.entrants.map((entrant) => [entrant.submission_id, entrant])) : null,
    showsValue: rankValueIsNews(board, metric.key),
  };
  const columns = 1 + board.regions.length + (layout.stability ? 2 : 0) + (layout.showsValue ? 1 : 0);
  return (
    <Table.ScrollContainer minWidth={FIXED_PX + COLUMN_PX * columns} type="native">
      <Table className={classes.board ?? ''}>
        <caption>
          <VisuallyHidden>{text.caption(board.phase.title, nameWithUnit(metric))}</VisuallyHidden>
        </caption>
        <Head layout={layout} level={analysis?.bootstrap?.level ?? 0} />
        <Table.Tbody ref={body}>
          {entries.map((entry) =>
            entry.kind === 'method' ? (
              <MethodRow
                key={entry.key}
                rowKey={entry.key}
                row={entry.row}
                layout={layout}
                change={changes.get(entry.key)}
                linked={mayOpen(entry.row)}
              />
            ) : (
              <RaterRow key={entry.key} rowKey={entry.key} row={entry.row} layout={layout} />
            ),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Head({ layout, level }: { readonly layout: Layout; readonly level: number }) {
  const { board, stability, showsValue } = layout;
  const { columns } = text;
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th className={classes.rank}>{columns.rank}</Table.Th>
        <Table.Th className={classes.entrant}>{columns.entrant}</Table.Th>
        {showsValue && (
          <Table.Th className={`numeric ${classes.narrow}`}>
            <Hint label={columns.valueHint}>
              {board.ranking.value_kind === 'score' ? nameWithUnit(layout.ranking) : columns.value[board.ranking.value_kind]}
            </Hint>
          </Table.Th>
        )}
        <Table.Th className="numeric">{columns.overall}</Table.Th>
        {board.regions.map((region, position) => (
          <Table.Th key={region.key} className={`numeric ${classes.region}`}>
            <RegionLabel regionKey={region.key} name={region.name} position={position} />
          </Table.Th>
        ))}
        {stability && (
          <>
            <Table.Th className={`numeric ${classes.narrow}`}>
              <Hint label={columns.rankIntervalHint}>{columns.rankInterval(Math.round(100 * level))}</Hint>
            </Table.Th>
            <Table.Th className={classes.narrow}>
              <Hint label={columns.groupHint}>{columns.group}</Hint>
            </Table.Th>
          </>
        )}
        <Table.Th className={`numeric ${classes.wide}`}>{columns.cases}</Table.Th>
      </Table.Tr>
    </Table.Thead>
  );
}

function Hint({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Tooltip label={label} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.hint}>{children}</span>
    </Tooltip>
  );
}

interface MethodRowProps {
  readonly rowKey: string;
  readonly row: LeaderboardRow;
  readonly layout: Layout;
  readonly change: RankChange | undefined;
  readonly linked: boolean;
}

function MethodRow({ rowKey, row, layout, change, linked }: MethodRowProps) {
  const { board, ranking, stability, showsValue } = layout;
  const found = stability?.get(row.submission_id);
  return (
    <Table.Tr
      data-row={rowKey}
      data-submission={row.submission_id}
      data-mine={(row.is_mine && row.kind !== 'baseline') || undefined}
      data-changed={isRise(change) || undefined}
    >
      <Table.Td className={classes.rank}>
        <RankMark rank={row.rank} change={change} />
      </Table.Td>
      <Table.Td className={classes.entrant}>
        <Group gap={6}>
          <Text span fw={600} size="sm">
            {linked ? <Link to={`/submissions/${row.submission_id}`}>{row.method_name}</Link> : row.method_name}
          </Text>
          {row.kind === 'baseline' && <HintBadge {...text.baseline} />}
          {row.trained_on_cases > 0 && <HintBadge color="yellow" word={text.trainedOn.word} sentence={text.trainedOn.sentence(row.trained_on_cases)} />}
          {row.is_mine && row.kind !== 'baseline' && <Badge size="sm">{text.mine}</Badge>}
          <OldScores row={row} ranksBy={board.ranking.metrics} />
        </Group>
        <Text size="xs" c="dimmed">
          {row.participant.name}
          <span className={classes.day}>{text.on(formatDay(row.submitted_at))}</span>
        </Text>
      </Table.Td>
      {showsValue && <Table.Td className="numeric">{formatRankValue(row.value, board.ranking, ranking)}</Table.Td>}
      <ScoreCells row={row} layout={layout} />
      {stability && (
        <>
          <Table.Td className="numeric">{formatInterval(found?.rank_interval ?? null)}</Table.Td>
          <Table.Td className={classes.letters}>{found?.letters.join(' ')}</Table.Td>
        </>
      )}
      <CasesCell row={row} metric={layout.metric} />
    </Table.Tr>
  );
}

/** Scores that newer ones will replace say so. */
function OldScores({ row, ranksBy }: { readonly row: LeaderboardRow; readonly ranksBy: readonly string[] }) {
  const inWords = useMetricSetWords();
  if (row.outdated) return <HintBadge word={text.outdated.word} sentence={text.outdated.sentence} />;
  if (!row.older_metric_set) return null;
  const set = inWords(row.metric_set);
  const { word, ranked, unranked } = text.older;
  return <HintBadge word={word} sentence={ranksBy.every((key) => key in row.means) ? ranked(set) : unranked(set)} />;
}

interface HintBadgeProps {
  readonly word: string;
  readonly sentence: string;
  readonly color?: string;
}

function HintBadge({ word, sentence, color = 'gray' }: HintBadgeProps) {
  return (
    <Tooltip label={sentence} multiline maw={300} events={{ hover: true, focus: true, touch: true }}>
      <Badge size="sm" color={color}>
        {word}
      </Badge>
    </Tooltip>
  );
}

/** What rose or came in is the news; what it passed has only moved down. */
function isRise(change: RankChange | undefined): boolean {
  return change?.kind === 'entered' || (change?.kind === 'moved' && change.places > 0);
}

interface RaterRowProps {
  readonly rowKey: string;
  readonly row: HumanRow;
  readonly layout: Layout;
}

function RaterRow({ rowKey, row, layout }: RaterRowProps) {
  return (
    <Table.Tr data-row={rowKey} data-human>
      <Table.Td className={classes.rank}>
        <span className={classes.humanMark}>
          <IconUser size={15} aria-hidden />
          <VisuallyHidden>{text.human}</VisuallyHidden>
        </span>
      </Table.Td>
      <Table.Td className={classes.entrant}>
        <Text span size="sm" fw={600} className={classes.humanName}>
          {row.rater.alias}
        </Text>
        <Text size="xs" c="dimmed">
          {text.humanStands(row.would_rank, row.among)}
        </Text>
      </Table.Td>
      {layout.showsValue && <Table.Td />}
      <ScoreCells row={row} layout={layout} />
      {layout.stability && <Table.Td colSpan={2} />}
      <CasesCell row={row} metric={layout.metric} />
    </Table.Tr>
  );
}

/** How many of the cases a mean could not take in. */
function notDefined(row: LeaderboardRow | HumanRow, metric: string): number {
  return 'not_defined' in row ? Math.max(0, ...Object.values(row.not_defined[metric] ?? {})) : 0;
}

function ScoreCells({ row, layout }: { readonly row: LeaderboardRow | HumanRow; readonly layout: Layout }) {
  const { board, metric } = layout;
  return (
    <>
      <Table.Td className="numeric">
        <MetricValue value={row.overall[metric.key]} metric={metric} strong />
      </Table.Td>
      {board.regions.map((region, position) => (
        <Table.Td key={region.key} className="numeric">
          <MetricValue value={row.means[metric.key]?.[region.key]} metric={metric} region={{ key: region.key, position }} />
        </Table.Td>
      ))}
    </>
  );
}

function CasesCell({ row, metric }: { readonly row: LeaderboardRow | HumanRow; readonly metric: Metric }) {
  const missing = notDefined(row, metric.key);
  return (
    <Table.Td className={`numeric ${classes.wide}`}>
      {row.cases}
      {missing > 0 && (
        <Text size="xs" c="dimmed">
          {text.notDefined(missing)}
        </Text>
      )}
    </Table.Td>
  );
}
