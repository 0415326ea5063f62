export const text = {
  bias: (bias: string) => `Mean difference ${bias}.`,
  limits: (low: string, high: string) => `95 % between ${low} and ${high}.`,
};
