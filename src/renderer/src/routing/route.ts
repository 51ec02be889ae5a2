/**
 * Where the user is, as the part of the address behind `#`: it survives a reload, can be shared with a colleague
 * on the same store, and works under any prefix.
 */
import { questionOrders, type QuestionSort } from '../../../shared/question-order.ts';

export const runTabs = ['overview', 'questions', 'latent', 'manifest'] as const;
export type RunTab = (typeof runTabs)[number];

export const compareViews = ['table', 'sweep', 'interventions', 'pair', 'attention'] as const;
export type CompareView = (typeof compareViews)[number];

/** A filtered, sorted list of questions. */
export type QuestionView = Readonly<{ where: readonly string[]; sort: QuestionSort | null; scorer: string | null }>;

export type Route =
  | Readonly<{ page: 'datasets' }>
  | Readonly<{ page: 'dataset'; datasetId: string; where: readonly string[]; text: string; offset: number }>
  /** `importFrom`: a checkpoint whose import is being prepared. */
  | Readonly<{ page: 'models'; importFrom?: string }>
  /** What a new run starts from: all optional; `fromRun` with a filter takes that run's questions and settings. */
  | Readonly<{
      page: 'new-run';
      dataset: string | null;
      model: string | null;
      fromRun: string | null;
      where: readonly string[];
    }>
  | Readonly<{ page: 'runs' }>
  /** `scorer`: instead of the run's own; `where`: the category whose latent steps are shown. */
  | Readonly<{
      page: 'run';
      runId: string;
      tab: Exclude<RunTab, 'questions'>;
      scorer?: string;
      where?: readonly string[];
    }>
  | (Readonly<{ page: 'questions'; runId: string; shape: 'table' | 'gallery' }> & QuestionView)
  | (Readonly<{ page: 'question'; runId: string; sampleId: string; stepIndex: number | null }> & QuestionView)
  /** The first run is the baseline; `pair`: the two that are compared question by question. */
  | Readonly<{
      page: 'compare';
      runIds: readonly string[];
      scorer: string | null;
      view?: CompareView;
      pair?: readonly [runIdA: string, runIdB: string];
    }>;

export const emptyView: QuestionView = { where: [], sort: null, scorer: null };

/** Reads an address; anything unknown leads to the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const where = parameters.getAll('where');
  const scorer = parameters.get('scorer');
  const [area, id, kind, sampleId] = path.split('/').filter(Boolean).map(decode);
  if (area === 'datasets') {
    if (id === undefined) return { page: 'datasets' };
    const offset = wholeNumber(parameters.get('offset')) ?? 0;
    return { page: 'dataset', datasetId: id, where, text: parameters.get('text') ?? '', offset };
  }
  if (area === 'models') {
    const importFrom = parameters.get('import');
    return { page: 'models', ...(importFrom === null ? {} : { importFrom }) };
  }
  if (area === 'new-run') {
    const [dataset, model, fromRun] = ['dataset', 'model', 'from'].map((name) => parameters.get(name));
    return { page: 'new-run', dataset: dataset ?? null, model: model ?? null, fromRun: fromRun ?? null, where };
  }
  if (area === 'compare') {
    const view = compareViews.find((name) => name === parameters.get('view'));
    const [runIdA, runIdB] = [parameters.get('a'), parameters.get('b')];
    return {
      page: 'compare',
      runIds: parameters.getAll('run'),
      scorer,
      ...(view === undefined ? {} : { view }),
      ...(runIdA === null || runIdB === null ? {} : { pair: [runIdA, runIdB] }),
    };
  }
  if (area !== 'runs' || id === undefined) return { page: 'runs' };
  const view: QuestionView = { where, sort: parseSort(parameters.get('sort')), scorer };
  if (kind === 'questions' && sampleId !== undefined) {
    const step = wholeNumber(parameters.get('step'));
    return { page: 'question', runId: id, sampleId, stepIndex: step === null || step === 0 ? null : step - 1, ...view };
  }
  if (kind === 'questions') {
    return { page: 'questions', runId: id, shape: parameters.get('as') === 'gallery' ? 'gallery' : 'table', ...view };
  }
  const tab = runTabs.find((name) => name === kind);
  return {
    page: 'run',
    runId: id,
    tab: tab === undefined || tab === 'questions' ? 'overview' : tab,
    ...(scorer === null ? {} : { scorer }),
    ...(where.length === 0 ? {} : { where }),
  };
}

/** Whether an address names a page, with or without `?…`; others are shown the nearest one. */
export function isKnownAddress(hash: string): boolean {
  const [path = ''] = hash.replace(/^#/, '').split('?', 1);
  const [area, ...below] = path.split('/').filter(Boolean).map(decode);
  switch (area) {
    case undefined:
      return true;
    case 'runs': {
      const [, tab] = below;
      if (below.length === 3) return tab === 'questions';
      return below.length < 2 || (below.length === 2 && runTabs.some((name) => name === tab));
    }
    case 'datasets':
      return below.length < 2;
    case 'models':
    case 'new-run':
    case 'compare':
      return below.length === 0;
    default:
      return false;
  }
}

/** Writes the address of a route; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  const [path, parameters] = addressOf(route);
  const query = readable(new URLSearchParams(parameters).toString());
  return query === '' ? `#/${path}` : `#/${path}?${query}`;
}

/** Leaves the signs of the filter language as they are: `where=domain=science` says what it means. */
const readable = (query: string): string =>
  query.replace(/%(?:3D|3A|40|2C|2F)/g, (encoded) => decodeURIComponent(encoded));

type Parameters = (readonly [string, string])[];

function addressOf(route: Route): [path: string, parameters: [string, string][]] {
  const [path, parameters] = partsOf(route);
  return [path, parameters.map(([name, value]) => [name, value])];
}

function partsOf(route: Route): readonly [string, Parameters] {
  const { page } = route;
  switch (page) {
    case 'datasets':
    case 'runs':
      return [page, []];
    case 'models':
      return [page, optional('import', route.importFrom ?? null)];
    case 'dataset':
      return [
        `datasets/${encodeURIComponent(route.datasetId)}`,
        [
          ...terms(route.where),
          ...optional('text', route.text === '' ? null : route.text),
          ...optional('offset', route.offset === 0 ? null : String(route.offset)),
        ],
      ];
    case 'new-run':
      return [
        'new-run',
        [
          ...optional('dataset', route.dataset),
          ...optional('model', route.model),
          ...optional('from', route.fromRun),
          ...terms(route.where),
        ],
      ];
    case 'compare':
      return [
        'compare',
        [
          ...route.runIds.map((runId) => ['run', runId] as const),
          ...optional('scorer', route.scorer),
          ...optional('view', route.view ?? null),
          ...optional('a', route.pair?.[0] ?? null),
          ...optional('b', route.pair?.[1] ?? null),
        ],
      ];
    case 'run': {
      const run = `runs/${encodeURIComponent(route.runId)}`;
      return [
        route.tab === 'overview' ? run : `${run}/${route.tab}`,
        [...terms(route.where ?? []), ...optional('scorer', route.scorer ?? null)],
      ];
    }
    case 'questions':
      return [
        `runs/${encodeURIComponent(route.runId)}/questions`,
        [...viewParameters(route), ...optional('as', route.shape === 'gallery' ? 'gallery' : null)],
      ];
    case 'question':
      return [
        `runs/${encodeURIComponent(route.runId)}/questions/${encodeURIComponent(route.sampleId)}`,
        [...viewParameters(route), ...optional('step', route.stepIndex === null ? null : String(route.stepIndex + 1))],
      ];
  }
}

const terms = (where: readonly string[]): Parameters => where.map((term) => ['where', term]);

const optional = (name: string, value: string | null): Parameters => (value === null ? [] : [[name, value]]);

/** The view as an address holds it: what a saved view keeps. */
export function viewParameters({ where, sort, scorer }: QuestionView): Parameters {
  return [...terms(where), ...optional('sort', sort === null ? null : formatSort(sort)), ...optional('scorer', scorer)];
}

/** `-focus@2`: by focus at the second step, largest first. */
export function formatSort({ by, stepIndex, descending }: QuestionSort): string {
  return `${descending ? '-' : ''}${by}${stepIndex === undefined ? '' : `@${String(stepIndex + 1)}`}`;
}

export function parseSort(text: string | null): QuestionSort | null {
  const [, minus, name, step] = /^(-?)([a-z-]+?)(?:@(\d{1,3}))?$/.exec(text ?? '') ?? [];
  const by = questionOrders.find((known) => known === name);
  if (by === undefined) return null;
  const stepIndex = step === undefined || step === '0' ? undefined : Number(step) - 1;
  return { by, descending: minus === '-', ...(stepIndex === undefined ? {} : { stepIndex }) };
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
