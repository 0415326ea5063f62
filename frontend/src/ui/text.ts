export const text = {
  retry: 'Try again',
  login: 'Log in',
  loginFirst: 'Log in to see this.',
  loading: 'Loading',
  copy: 'Copy',
  copied: 'Copied',
  sortBy: (column: string) => `Sort by ${column}`,
  sorted: { ascending: 'ascending', descending: 'descending' },
  progressOf: (done: number, total: number) => `${done} of ${total}`,
};
