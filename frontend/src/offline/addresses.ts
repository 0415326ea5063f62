/** Which answers may be kept on this device: those that the studio and the queue need to open, and no other. Pure. */

const HOME = /^\/api\/v1\/(me\/|assignments\/\?[^#]*)$/;
const OF_CASE = /^\/api\/v1\/assignments\/([0-9a-f-]{36})\/(case\/|images\/[^/?]+\/)?$/;

/** Where an answer is kept: with the case of an assignment, or with what every case needs. */
export type Place = string;
export const HOME_PLACE: Place = 'home';

/** @returns null for what is never kept. */
export function placeOf(address: string, origin: string): Place | null {
  const { origin: asked, pathname, search } = new URL(address, origin);
  if (asked !== origin) return null;
  const path = pathname + search;
  if (HOME.test(path)) return HOME_PLACE;
  return OF_CASE.exec(path)?.[1] ?? null;
}

/** As the pages ask for them, so that they find them again. */
export function homeAddresses(person: number): string[] {
  return ['/api/v1/me/', `/api/v1/assignments/?rater=${person}&limit=1000`];
}

export function assignmentAddress(assignment: string): string {
  return `/api/v1/assignments/${assignment}/`;
}

export function caseAddress(assignment: string): string {
  return `${assignmentAddress(assignment)}case/`;
}
