import { Alert } from '@mantine/core';

import { asProblem } from '~/api/problem';

/** Why the form was refused, unless its fields say so already. */
export function FormError({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const problem = asProblem(error);
  if (Object.keys(problem.fields).length > 0) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {problem.message}
    </Alert>
  );
}
