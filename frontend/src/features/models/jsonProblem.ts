import { readObject } from './jsonObject';
import { text } from './text';

/** What is wrong with JSON that has to be an object, as a form says it; null where nothing is. */
export function jsonProblem(typed: string): string | null {
  const { problem } = readObject(typed);
  if (problem === null) return null;
  return problem.kind === 'syntax' ? text.upload.notJson(problem.why) : text.upload.notObject;
}
