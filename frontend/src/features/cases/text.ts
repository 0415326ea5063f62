export const text = {
  loading: 'Case',
  back: { submission: 'Back to the submission', data: 'Back to the data', challenges: 'All challenges' },
  previous: 'Previous case',
  next: 'Next case',
  position: (index: number, total: number) => `${index} of ${total}`,
  errorPair: (prediction: string, reference: string) => `${prediction} against ${reference}`,
};
