export const text = {
  method: {
    title: 'Fusion method',
    ties: 'Ties',
    change: 'Change method',
    choose: 'How labels are fused',
    current: 'in use',
    confirm: 'Fuse anew',
    consequence: (cases: number) =>
      cases === 0
        ? 'No case has enough raters yet: nothing is fused now. Cases are fused this way from here on.'
        : `${cases === 1 ? '1 case is' : `${cases} cases are`} fused anew; the phases over them get a new reference, and every submission is rescored. Older versions and their scores are kept.`,
    changed: 'The cases are being fused anew',
  },
  parameters: {
    title: (method: string) => `Parameters of ${method}`,
    reset: 'Set all to default',
    usual: (value: string) => `Default ${value}.`,
    choice: (value: string, isUsual: boolean) => `${value.replaceAll('_', ' ')}${isUsual ? ' (default)' : ''}`,
    wrong: (kind: string, range: string | null) =>
      `Give ${kind === 'integer' ? 'a whole number' : 'a number'}${range === null ? '' : ` from ${range}`}`,
  },
  cases: {
    title: 'Cases',
    caption: 'Consensus of the cases',
    lead: 'Mean Dice over all pairs of raters, per region.',
    columns: {
      image: '',
      name: 'Case',
      head: 'Version',
      submitted: 'Submitted',
      looser: 'Leave-one-out',
      state: 'State',
      actions: '',
    },
    thumbnail: (name: string) => `The consensus of ${name}`,
    version: (number: number) => `v${number}`,
    versionsOf: (name: string) => `Versions of the consensus of ${name}`,
    notConverged: (iterations: number) => `Did not converge in ${iterations}`,
    fuse: 'Fuse',
    fuseAgain: 'Fuse again',
    fuseNamed: (name: string) => `Fuse ${name} again`,
    requested: (name: string) => `${name} is being fused`,
    fused: 'Fused',
    refused: 'Refused',
    waiting: 'Waiting for raters',
    ready: 'Can be fused',
    view: 'Open in viewer',
    imported: 'imported',
    lowest: (dice: string) => `lowest ${dice}`,
    looOf: (name: string) => `Each rater of ${name} against the others`,
    rater: 'Rater',
    none: '–',
  },
  empty: {
    title: 'No cases to fuse',
    sentence: 'Import cases under Data, assign them under Raters; the consensus forms as they are submitted.',
  },
  agreement: {
    title: 'Agreement of the raters',
    lead: (compared: number, all: number) =>
      `${compared} of ${all === 1 ? '1 case' : `${all} cases`} fused from two raters or more.`,
    none: {
      title: 'Nothing to compare yet',
      sentence: 'When a case has been fused from two raters or more, their agreement is drawn here.',
      imported: (cases: number) =>
        `The ${cases === 1 ? 'reference of 1 case was' : `references of ${cases} cases were`} imported, and who drew them is not known. When raters of your own have submitted, their agreement is drawn here.`,
      single: (cases: number) =>
        `${cases === 1 ? '1 case has' : `${cases} cases have`} one rater. From two on, their agreement is drawn here.`,
    },
    older: (cases: number) =>
      `${cases === 1 ? '1 case was' : `${cases} cases were`} fused before kappa, the conformity index and the raters’ sensitivity were measured, and ${cases === 1 ? 'has' : 'have'} no part in them. Fuse again to measure.`,
    heat: { dice: 'Rater against rater: Dice', kappa: 'Rater against rater: Cohen’s κ' },
    heatHint: {
      dice: 'How far two outlines overlap; mean over the cases that both submitted.',
      kappa: 'How often two agree on inside or outside, beyond chance; mean over the cases that both submitted.',
    },
    heatLabel: (measure: 'dice' | 'kappa', region: string) =>
      `Heat map of the mean ${measure === 'dice' ? 'Dice' : 'Cohen’s kappa'} between each two raters, region ${region}`,
    notMeasured: 'Not measured in any of these versions; fuse the cases again.',
    strip: 'Each against the fusion of the others',
    stripHint: 'One mark per case, leave-one-out, from three raters on; the line is the mean.',
    stripLabel: 'Strip plot of each rater’s Dice against the consensus of the others, one row per rater and region',
    twoRaters: 'No case has three raters yet. With two, the fusion of the others is the one other rater.',
    region: 'Region',
    dice: 'Dice',
    download: (title: string) => `Download as SVG: ${title}`,
    pair: (first: string, second: string, value: string, cases: number) =>
      `${first} and ${second}\n${value} over ${cases === 1 ? '1 case' : `${cases} cases`}`,
    point: (rater: string, name: string, dice: string) => `${rater}, ${name}\n${dice}`,
  },
  figures: {
    over: (cases: number) => (cases === 1 ? '1 case' : `${cases} cases`),
    pairwise: { name: 'Pairwise Dice', means: 'Overlap of two raters’ outlines, mean over all pairs.' },
    leaveOneOut: { name: 'Leave-one-out Dice', means: 'Overlap of each rater with the fusion of the others, from three raters on.' },
    conformity: {
      name: 'Conformity index',
      means: 'What pairs of raters share of all that either marked. Stricter than Dice.',
    },
    cohen: { name: 'Cohen’s κ', means: 'Two raters on inside or outside, beyond chance; mean over all pairs.' },
    fleiss: {
      name: 'Fleiss’ κ, whole grid',
      means: 'All raters and labels at once, beyond chance. The background, where all agree, raises it.',
    },
    fleissLabelled: {
      name: 'Fleiss’ κ, labelled voxels',
      means: 'The same where somebody labelled: only where there is something to disagree on.',
    },
  },
  volumes: {
    title: 'Volumes beside the consensus',
    hint: 'Bland–Altman: one mark per rater and case. The line is the mean difference, dashes hold 95 % of them.',
    label: (region: string) =>
      `Difference of each rater’s volume to the consensus’ against their mean, region ${region}`,
    axes: { mean: 'Mean of rater and consensus, mL', difference: 'Rater − consensus, mL' },
    of: (rater: string, name: string) => `${rater}, ${name}`,
    rater: 'Rater shown',
    all: 'All raters',
    none: (region: string) => `Nobody has drawn ${region} in any case.`,
  },
  raters: {
    title: (region: string) => `Raters in ${region}`,
    caption: (region: string) => `Each rater in region ${region}`,
    hint: 'Sensitivity and specificity as STAPLE estimates them, whichever method fuses: with two raters they say little.',
    columns: {
      rater: 'Rater',
      cases: 'Cases',
      leaveOneOut: 'Leave-one-out Dice',
      sensitivity: 'Sensitivity',
      specificity: 'Specificity',
      volume: 'Volume',
      weight: 'Weight',
      dropped: 'Dropped',
    },
    droppedIn: (dropped: number, cases: number) => (dropped === 0 ? 'never' : `in ${dropped} of ${cases}`),
  },
};
