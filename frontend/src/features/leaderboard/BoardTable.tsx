import { Badge, Group, Table, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { Link } from 'react-router';

import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';
import { formatDay } from '~/format';
import { RegionLabel, ScoreCell } from '~/ui';

import classes from './BoardTable.module.css';
import { RankMark } from './RankMark';
import { boardEntries, type RankChange } from './standings';
import { text } from './text';
import { useSlidingRows } from './useSlidingRows';

interface BoardTableProps {
  readonly board: Leaderboard;
  readonly changes: ReadonlyMap<string, RankChange>;
  /** Whether a submission's page may be opened: one's own, and every one for organizers. */
  readonly mayOpen: (row: LeaderboardRow) => boolean;
}

export function BoardTable({ board, changes, mayOpen }: BoardTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const entries = useMemo(() => boardEntries(board), [board]);
  useSlidingRows(body, entries.map(({ key }) => key));
  return (
    <Table.ScrollContainer minWidth={184 + 50 * board.regions.length} type="native">
      <Table className={classes.board ?? ''}>
        <caption>
          <VisuallyHidden>{text.caption(board.phase.title)}</VisuallyHidden>
        </caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.rank}>{text.columns.rank}</Table.Th>
            <Table.Th className={classes.entrant}>{text.columns.entrant}</Table.Th>
            <Table.Th className="numeric">{text.columns.overall}</Table.Th>
            {board.regions.map((region, position) => (
              <Table.Th key={region.key} className={`numeric ${classes.region}`}>
                <RegionLabel regionKey={region.key} name={region.name} position={position} />
              </Table.Th>
            ))}
            <Table.Th className={`numeric ${classes.wide}`}>{text.columns.cases}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body}>
          {entries.map((entry) =>
            entry.kind === 'method' ? (
              <MethodRow
                key={entry.key}
                rowKey={entry.key}
                row={entry.row}
                board={board}
                change={changes.get(entry.key)}
                linked={mayOpen(entry.row)}
              />
            ) : (
              <RaterRow key={entry.key} rowKey={entry.key} row={entry.row} board={board} />
            ),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface MethodRowProps {
  readonly rowKey: string;
  readonly row: LeaderboardRow;
  readonly board: Leaderboard;
  readonly change: RankChange | undefined;
  readonly linked: boolean;
}

function MethodRow({ rowKey, row, board, change, linked }: MethodRowProps) {
  return (
    <Table.Tr
      data-row={rowKey}
      data-submission={row.submission_id}
      data-mine={row.is_mine || undefined}
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
          {row.is_mine && <Badge size="sm">{text.mine}</Badge>}
          {row.outdated && (
            <Tooltip label={text.outdated.sentence}>
              <Badge size="sm" color="gray">
                {text.outdated.word}
              </Badge>
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {row.participant.name}
          <span className={classes.day}>{text.on(formatDay(row.submitted_at))}</span>
        </Text>
      </Table.Td>
      <ScoreCells row={row} board={board} />
    </Table.Tr>
  );
}

/** What rose or came in is the news; what it passed has only moved down. */
function isRise(change: RankChange | undefined): boolean {
  return change?.kind === 'entered' || (change?.kind === 'moved' && change.places > 0);
}

interface RaterRowProps {
  readonly rowKey: string;
  readonly row: HumanRow;
  readonly board: Leaderboard;
}

function RaterRow({ rowKey, row, board }: RaterRowProps) {
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
          {text.humanStands(row.would_rank, board.rows.length)}
        </Text>
      </Table.Td>
      <ScoreCells row={row} board={board} />
    </Table.Tr>
  );
}

/** A cases count, and how many of them a mean could not take in. */
function notDefined(row: LeaderboardRow | HumanRow): number {
  return 'not_defined' in row ? Math.max(0, ...Object.values(row.not_defined)) : 0;
}

function ScoreCells({ row, board }: { readonly row: LeaderboardRow | HumanRow; readonly board: Leaderboard }) {
  return (
    <>
      <Table.Td className="numeric">
        <ScoreCell value={row.overall} strong />
      </Table.Td>
      {board.regions.map((region, position) => (
        <Table.Td key={region.key} className="numeric">
          <ScoreCell value={row.means[region.key]} region={{ key: region.key, position }} />
        </Table.Td>
      ))}
      <Table.Td className={`numeric ${classes.wide}`}>
        {row.cases}
        {notDefined(row) > 0 && (
          <Text size="xs" c="dimmed">
            {text.notDefined(notDefined(row))}
          </Text>
        )}
      </Table.Td>
    </>
  );
}
