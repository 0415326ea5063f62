import { formatCount } from '~/format';

/** Words of the page of a run. */
export const text = {
  loading: 'Run',
  title: (model: string, version: number) => `${model} v${version}`,
  lead: (purpose: string, on: string) => `${purpose} on ${on}`,
  asked: (name: string) => `asked for by ${name}`,
  stages: {
    starting: 'The worker starts',
    'fetching the model': 'The model is fetched',
    'loading the model': 'The model is loaded',
    predicting: 'Cases are computed',
    checking: 'The labelmaps are checked',
  } as Readonly<Record<string, string>>,
  progress: (done: number, total: number) => `${done} of ${formatCount(total, 'case')} computed`,
  facts: {
    left: 'Left, about',
    taken: 'Taken',
    memory: 'Memory, at most',
    gpuMemory: 'GPU memory',
    device: 'Device',
    worker: 'Worker',
    sequences: 'Given',
    median: 'Seconds a case',
    unknown: 'not known yet',
  },
  cancel: 'Cancel the run',
  cancelTitle: 'Cancel this run?',
  cancelSentence: 'What was computed so far is kept, but nothing will be made of it.',
  keep: 'Keep it running',
  cancelled: 'The run was cancelled.',
  retry: 'Go on with it',
  retried: 'It waits for a worker again.',
  submission: 'Open the submission',
  model: 'To the model',
  times: {
    title: 'Seconds of each case',
    axis: 'Case',
    median: (seconds: string) => `dashed: the median, ${seconds}`,
    label: (count: number, median: string) => `Seconds of ${formatCount(count, 'case')}, part by part; the median is ${median}.`,
    parts: { read: 'reading', prepare: 'preparing', compute: 'computing', finish: 'finishing', write: 'writing' } as Readonly<
      Record<string, string>
    >,
    tip: (number: number, part: string, seconds: string) => `Case ${number}\n${part}: ${seconds}`,
    none: 'The first times appear with the first case.',
  },
  cases: {
    title: 'Cases',
    caption: 'Cases of the run',
    hidden: 'The cases of this phase are hidden: they are numbers here, and the log is the organizers’.',
    columns: { number: 'No.', name: 'Case', status: 'State', seconds: 'Seconds', memory: 'Memory', reason: 'Why', labelmap: 'Labelmap' },
    states: { queued: 'Waiting', done: 'Done', failed: 'Failed' },
    notComputed: 'Not computed',
    download: 'Download',
    downloadOf: (name: string) => `Download the labelmap of ${name}`,
  },
  log: {
    title: 'Log',
    empty: 'Nothing was said.',
    label: 'What the worker said',
  },
};
