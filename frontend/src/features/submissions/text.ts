import type { SubmissionStatus } from '~/api/types';
import { formatCount, formatOrdinal } from '~/format';

import type { StepKey } from './steps';

const STATUS: Readonly<Record<SubmissionStatus, string>> = {
  received: 'Received',
  validating: 'Being checked',
  rejected: 'Refused',
  accepted: 'Waiting to be scored',
  scoring: 'Being scored',
  scored: 'Scored',
  failed: 'Stopped',
  withdrawn: 'Withdrawn',
};

const STEPS: Readonly<Record<StepKey, string>> = {
  received: 'Received',
  checked: 'Checked',
  accepted: 'Accepted',
  scored: 'Scored',
};

export const text = {
  status: STATUS,
  steps: STEPS,
  list: {
    title: 'My submissions',
    lead: 'Everything you have handed in, newest first.',
    caption: 'My submissions',
    columns: { method: 'Method', phase: 'Phase', state: 'State', overall: 'Overall', submitted: 'Submitted' },
    rescoring: 'Being scored against a new reference',
    empty: {
      title: 'Nothing submitted yet',
      sentence: 'Upload one labelmap per case as a zip; every problem is told at once, and costs no attempt.',
    },
  },
  page: {
    loading: 'Submission',
    phaseLink: (challenge: string, phase: string) => `${challenge} · ${phase}`,
    by: (name: string, archive: string) => `By ${name} · ${archive}`,
    withdraw: 'Withdraw',
    withdrawTitle: 'Withdraw this submission?',
    withdrawSentence: 'It leaves the leaderboard for good. Its attempt stays used. This cannot be undone.',
    keep: 'Keep it',
    withdrawn: 'The submission is withdrawn.',
    retry: 'Try again',
    retried: 'Started again.',
    again: 'Submit another',
    files: (done: number, total: number) => `${done} of ${formatCount(total, 'file')} checked`,
    cases: (done: number, total: number) => `${done} of ${formatCount(total, 'case')} scored`,
    rescoring: 'A new reference has come: it is being scored again. The scores below stand until then.',
    hiddenScores: {
      title: 'The scores of this phase are hidden',
      sentence: 'The organizers see them; you will when they show them.',
    },
  },
  sentences: {
    received: 'It waits for a free worker. You may close this page.',
    validating: 'Every file is read and compared with its case.',
    accepted: 'All files are as they should be. It waits to be scored.',
    scoring: 'Each case is compared with its reference.',
    scored: 'Every case is scored.',
    withdrawn: 'You took it off the leaderboard.',
  },
  findings: {
    title: 'What the check found',
    caption: 'Findings of the check, per file',
    none: 'The check found nothing to mend.',
    refused: 'Mend what is marked as an error and submit again. No attempt was used.',
    severity: { error: 'Error', warning: 'Warning', info: 'Note' },
    filterSeverity: 'Severity',
    all: 'All',
    search: 'Filter by file, case or words',
    shown: (shown: number, total: number) => `${shown} of ${formatCount(total, 'finding')}`,
    columns: { severity: 'Severity', file: 'File', finding: 'What was found, and the remedy' },
    wholeCase: 'No file',
    noMatch: 'No finding matches the filter.',
  },
  scores: {
    title: 'Scores',
    against: (number: number) => `Mean Dice against reference ${number}`,
    overall: 'Overall',
    notDefined: (cases: number) => `${formatCount(cases, 'case')} n/a`,
    rank: (rank: number, of: number) => `${formatOrdinal(rank)} of ${of}`,
    csv: 'Download as CSV',
  },
  cases: {
    title: 'Case by case',
    caption: 'Dice per case and region',
    hint: 'Worst first. Open a case to see the prediction over the images.',
    columns: { case: 'Case', mean: 'Mean' },
    open: (name: string) => `Open ${name} in the viewer`,
  },
  boxes: {
    title: 'Spread over the cases',
    axis: 'Dice',
    label: (regions: string) =>
      `Box plot of the Dice over the cases for ${regions}: box from the first to the third quartile, line at the median, one dot per case. The table has the same values.`,
    reading: 'Box: quartiles and median; a dot per case.',
  },
  comparison: {
    title: 'Beside the human raters',
    lead: 'Method and rater face the same judge: the consensus of the other raters. A dot is the mean difference in Dice, its bar the 95 % interval.',
    axis: '← rater better · method better →',
    label: 'Differences in mean Dice between the method and each rater, with intervals; the table has the same values.',
    caption: 'Method and each human rater on the same leave-one-out references',
    columns: { rater: 'Rater', method: 'Method', human: 'Rater', difference: 'Difference', interval: '95 % interval', p: 'p' },
    overall: 'Overall',
    verdicts: {
      below: 'below every rater',
      within: 'within the raters’ range',
      above: 'above every rater',
      too_few_cases: 'too few cases to tell',
      none: 'too few cases to tell',
    },
    interval: (low: string, high: string) => `${low} to ${high}`,
    noInterval: 'needs 6 cases',
    empty: 'There are no human raters to compare with.',
  },
  history: {
    title: 'Evaluations',
    lead: 'One per reference; earlier ones stay.',
    caption: 'Evaluations of this submission',
    columns: { reference: 'Reference', state: 'State', overall: 'Overall', cases: 'Cases', scored: 'Scored' },
    status: { scoring: 'Being scored', scored: 'Scored', failed: 'Failed' },
    current: 'current',
  },
};
