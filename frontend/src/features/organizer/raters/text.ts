import { formatCount } from '~/format';

import type { AnnotationStatus } from '../queries';

const STATES: Readonly<Record<AnnotationStatus, string>> = {
  assigned: 'Not begun',
  draft: 'Begun',
  submitted: 'Submitted',
  reopened: 'Reopened',
};

export const text = {
  members: 'Raters',
  noRaters: {
    title: 'No rater yet',
    sentence: 'Add people by their user name below. They see only the cases that you assign to them.',
  },
  add: 'Add a rater',
  progress: 'Progress',
  lead: 'One square per case. Choose one to look at it, reopen it or take it back.',
  legend: 'Legend',
  states: STATES,
  unassigned: 'Not assigned',
  none: {
    title: 'Nothing is assigned yet',
    sentence: 'Assign cases below; each rater works alone, and a case is fused when enough have submitted.',
  },
  noCases: { title: 'No cases to assign', sentence: 'Import an archive under Data first.' },
  counts: (submitted: number, assigned: number) => `${submitted} of ${assigned}`,
  rowLabel: (name: string, submitted: number, assigned: number) =>
    `${name}: ${submitted} of ${formatCount(assigned, 'case')} submitted. Move with the arrow keys.`,
  square: (name: string, state: string) => `${name}: ${state}`,
  overdue: 'overdue',
  assign: {
    title: 'Assign cases',
    raters: 'Raters',
    ratersHint: 'Chosen raters; what they already have stays.',
    allRaters: 'All raters',
    cases: 'Cases',
    all: (count: number) => `All ${formatCount(count, 'case')}`,
    some: 'Chosen cases',
    choose: 'Which cases',
    due: 'Due on',
    dueHint: (zone: string) => `End of that day, ${zone}. Left empty: no date.`,
    button: (count: number) => (count === 0 ? 'Assign' : `Assign ${formatCount(count, 'case')}`),
    done: (count: number) => `${formatCount(count, 'assignment')} made or kept`,
    needRaters: 'Choose at least one rater.',
    needCases: 'Choose at least one case.',
  },
  detail: {
    rater: 'Rater',
    state: 'State',
    due: 'Due',
    noDue: 'no date',
    revision: 'Revision',
    noRevision: 'none yet',
    submittedAt: 'Submitted',
    reopenReason: 'Reopened because',
    view: 'Open in viewer',
    reopen: 'Reopen',
    reopenHint: 'The rater can change it again; the consensus of the case is made anew when it is submitted.',
    reason: 'Reason, for the rater',
    needReason: 'Tell the rater why.',
    reopened: 'Reopened',
    withdraw: 'Take back',
    withdrawTitle: (caseName: string, rater: string) => `Take ${caseName} from ${rater}?`,
    withdrawSentence: 'They have not begun; the case leaves their queue.',
    withdrawn: 'Taken back',
  },
};
