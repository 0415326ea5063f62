export const text = {
  drop: (kinds: string) => `Drag ${kinds} here, or choose it`,
  dropHint: 'Broken uploads continue where they stopped.',
  wrongKind: (kinds: string) => `This is not ${kinds}.`,
  oneOnly: 'One file at a time, please.',
  empty: 'This file is empty.',
  resumable: (name: string, percent: number) =>
    `An upload of ${name} stopped at ${percent} %. Choose the same file to continue it.`,
  forget: 'Forget it',
  progress: (sent: string, total: string) => `${sent} of ${total}`,
  rate: (rate: string, left: string) => `${rate}/s, ${left} left`,
  state: {
    uploading: 'Uploading',
    paused: 'Paused',
    failed: 'Stopped',
    done: 'Uploaded',
  },
  pause: 'Pause',
  resume: 'Continue',
  remove: 'Remove the file',
  label: (name: string) => `Upload of ${name}`,
  seconds: (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`),
};
