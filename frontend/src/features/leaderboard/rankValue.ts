/** The figures that a board's ranks follow. Pure. */
import type { Leaderboard, Metric, RankingRule } from '~/api/types';
import { formatFigure } from '~/features/metrics';
import { NOT_AVAILABLE } from '~/format';

/** The figure that a row is ranked by. */
export function formatRankValue(value: number | null, rule: RankingRule, metric: Metric): string {
  if (value === null) return NOT_AVAILABLE;
  switch (rule.value_kind) {
    case 'score':
      return formatFigure(value, metric);
    case 'mean_rank':
      return value.toFixed(2);
    case 'share_beaten':
      return `${Math.round(100 * value)} %`;
  }
}

const SAME = 1e-9;

/** Whether the ranks follow something else than the overall score that is shown: then it has a column of its own. */
export function rankValueIsNews(board: Leaderboard, metric: string): boolean {
  return board.rows.some(({ value, overall }) => {
    const shown = overall[metric];
    return value !== null && (shown == null || Math.abs(value - shown) > SAME * Math.max(1, Math.abs(shown)));
  });
}

/** What is shown first: Dice where there is any, else what ranks. */
export function firstMetric({ metrics, metric }: Pick<Leaderboard, 'metrics' | 'metric'>): string {
  return metrics.find((key) => key === 'dice') ?? metrics.find((key) => key === metric) ?? metrics[0] ?? metric;
}
