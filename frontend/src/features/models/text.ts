import { formatCount } from '~/format';

import type { Run, RunPurpose, VersionStatus, WorkStatus } from './queries';

const WORK: Readonly<Record<WorkStatus, string>> = {
  queued: 'Waiting for a worker',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const VERSIONS: Readonly<Record<VersionStatus, string>> = {
  checking: 'Being checked',
  refused: 'Refused',
  trial: 'Needs a trial',
  ready: 'Ready',
};

const PURPOSES: Readonly<Record<RunPurpose, string>> = {
  submission: 'Submission',
  baseline: 'Baseline',
  pre_annotation: 'Pre-annotation',
  trial: 'Trial',
};

/** Words that several pages share. */
export const text = {
  cancel: 'Close',
  work: WORK,
  versions: VERSIONS,
  purposes: PURPOSES,
  kinds: { platform: 'Of the organizers', participant: 'Of a participant' },
  files: { network: 'network of ours', onnx: 'ONNX' },
  version: (number: number) => `Version ${number}`,
  noVersion: 'No version yet',
  views: { models: 'Models', comparison: 'Comparison', runs: 'Runs', trainings: 'Trainings' },
  viewsLabel: 'What of the models',
  tab: {
    create: 'New model',
    noneTitle: 'No model yet',
    noneSentence: 'A model is a network with its weights. It runs on the cases of a phase, here, and what it predicts is scored as any submission is.',
    inputs: 'Inputs',
    labels: 'Labels',
    licence: 'Licence',
    noLicence: 'not stated',
    trainedOn: 'Trained on',
    notStated: 'not stated',
    score: (metric: string, phase: string) => `${metric}, ${phase}`,
    raters: (low: string, high: string) => (low === high ? `the human rater: ${low}` : `human raters: ${low} to ${high}`),
    noScore: 'Not scored yet',
    mine: 'Yours',
  },
  /** What a model has seen says little of what it has not. */
  trainedOn: {
    word: 'trained on these cases',
    scored: (cases: number) => `Trained on ${formatCount(cases, 'case')} of this phase: on new cases it will do worse.`,
    phases: (phases: string) => `Trained on cases of ${phases}: its scores there will be better than on cases it has not seen.`,
  },
  workers: {
    here: (count: number) => `${formatCount(count, 'model worker')} connected`,
    none: 'No model worker is connected: runs and trainings wait until one is.',
    gone: (name: string, when: string) => `${name}: last seen ${when}`,
    isolates: 'isolates participants’ models',
    isolatesNot: 'cannot isolate participants’ models',
  },
  create: {
    title: 'New model',
    name: 'Name',
    nameHint: 'Shown on its card, and on the board unless a run says otherwise',
    needName: 'Give the model a name.',
    description: 'Description',
    descriptionHint: 'Optional, Markdown: the method, a paper, a link',
    licence: 'Licence',
    licenceHint: 'Optional: of the weights, such as CC BY 4.0',
    send: 'Create it',
    next: 'Its weights come next: upload a version, or let it be trained here.',
  },
  upload: {
    title: (name: string) => `A new version of ${name}`,
    kinds: 'a .zip of config.json and weights, or an .onnx',
    config: 'config.json of the .onnx',
    configHint: 'Needed, for the .onnx was uploaded alone',
    notJson: (why: string) => `This is not JSON: ${why}`,
    notObject: 'This has to be an object: { … }.',
    trainedOn: 'Trained on',
    trainedOnHint: 'What it learned from: data sets, number of cases',
    use: 'Intended use',
    notes: 'Notes',
    send: 'Hand it in',
    sendWhenDone: 'Hand it in when uploaded',
    waiting: 'It will be handed in when the upload is complete.',
    done: (number: number) => `Version ${number} is being checked.`,
  },
  package: {
    title: 'What a package is',
    lead: 'A .zip that holds two files:',
    config: 'config.json: what the model takes and gives',
    weights: 'model.safetensors: weights of one of the networks known here, or model.onnx: any network, run in isolation',
    architectures: 'Networks known here',
    example: 'A config.json',
    pickles: 'Pickles (.pt, .pth, .ckpt) are not accepted, for loading them runs code. Save the weights with safetensors.',
    after: 'It is checked at once. A trial on one public case follows, whose log you see; then it is ready to run.',
  },
  runs: {
    caption: 'Runs of models, newest first',
    columns: { model: 'Model', purpose: 'For', on: 'On', status: 'State', progress: 'Cases', when: 'Asked for' },
    noneTitle: 'No run yet',
    noneSentence: 'A model that is ready can be run on a phase, or on a data set for its raters to start from.',
    on: ({ phase, dataset }: Pick<Run, 'phase' | 'dataset'>) => phase?.title ?? `${dataset.name}, version ${dataset.version}`,
    without: (sequences: string) => `with ${sequences} only`,
    progress: (done: number, total: number) => `${done} of ${total}`,
    open: (model: string, purpose: string) => `Open the run of ${model}, ${purpose}`,
  },
  trainings: {
    caption: 'Trainings, newest first',
    columns: { model: 'Model', network: 'Network', data: 'Data', status: 'State', budget: 'Budget', when: 'Asked for' },
    noneTitle: 'No training yet',
    noneSentence: 'Let a network learn from the references of a data set: open a model of the organizers, and train it.',
    open: (model: string) => `Open the training of ${model}`,
    data: (name: string, version: number) => `${name}, version ${version}`,
  },
};
