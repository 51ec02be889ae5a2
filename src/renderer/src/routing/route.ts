/**
 * Where the user is, as the part of the address behind `#`: it survives a reload, can be shared with a colleague
 * on the same store, and works under any prefix.
 */

export type Route =
  | Readonly<{ page: 'runs' }>
  | Readonly<{ page: 'run'; runId: string; where: readonly string[]; offset: number }>
  | Readonly<{ page: 'question'; runId: string; sampleId: string; where: readonly string[]; stepIndex: number | null }>;

/** Reads an address; anything unknown leads to the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const where = parameters.getAll('where');
  const [area, runId, kind, sampleId] = path.split('/').filter(Boolean).map(decode);
  if (area !== 'runs' || runId === undefined) return { page: 'runs' };
  if (kind === 'questions' && sampleId !== undefined) {
    const step = wholeNumber(parameters.get('step'));
    return { page: 'question', runId, sampleId, where, stepIndex: step === null || step === 0 ? null : step - 1 };
  }
  return { page: 'run', runId, where, offset: wholeNumber(parameters.get('offset')) ?? 0 };
}

/** Writes the address of a route; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  if (route.page === 'runs') return '#/runs';
  const parameters = new URLSearchParams(route.where.map((term) => ['where', term]));
  let path = `#/runs/${encodeURIComponent(route.runId)}`;
  if (route.page === 'question') {
    path += `/questions/${encodeURIComponent(route.sampleId)}`;
    if (route.stepIndex !== null) parameters.set('step', String(route.stepIndex + 1));
  } else if (route.offset > 0) parameters.set('offset', String(route.offset));
  const query = parameters.toString();
  return query === '' ? path : `${path}?${query}`;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
