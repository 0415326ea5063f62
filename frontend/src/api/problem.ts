/** What went wrong, as the server says it (RFC 9457) or, where no server answered, as we can say it. */

/** RFC 9457 with our `code`; `errors` holds the fields of a refused form. */
interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors?: unknown;
  readonly details?: unknown;
}

export class ApiProblem extends Error {
  override name = 'ApiProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    sentence: string,
    /** Sentences per field of the form that was refused. */
    readonly fields: Readonly<Record<string, string>> = {},
    readonly details: unknown = undefined,
  ) {
    super(sentence);
  }
}

const UNREACHABLE = new ApiProblem(
  0,
  'unreachable',
  'The server cannot be reached. Check your connection; the page tries again by itself.',
);

export function problemFrom(status: number, body: unknown): ApiProblem {
  if (isProblem(body)) return new ApiProblem(status, body.code, body.detail, fieldSentences(body.errors), body.details);
  if (status === 502 || status === 503 || status === 504) {
    return new ApiProblem(status, 'unavailable', 'The server is starting or overloaded. Try again in a moment.');
  }
  return new ApiProblem(status, `http_${status}`, `The server answered with an error (${status}). Try again in a moment.`);
}

/** Anything that was thrown, as a problem to show. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return UNREACHABLE;
  return new ApiProblem(0, 'page_error', error instanceof Error ? error.message : String(error));
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

function fieldSentences(errors: unknown): Record<string, string> {
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return {};
  return Object.fromEntries(Object.entries(errors).map(([field, said]) => [field, sentencesOf(said)]));
}

function sentencesOf(said: unknown): string {
  if (Array.isArray(said)) return said.map(sentencesOf).join(' ');
  if (typeof said === 'object' && said !== null) return Object.values(said).map(sentencesOf).join(' ');
  return String(said);
}
