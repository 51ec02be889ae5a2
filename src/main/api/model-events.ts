/** A model import as a stream: progress, then the bundle. Closing the stream cancels the import. */
import type { ImportProgress } from '../../shared/contract/models.ts';
import { latestEvents } from './event-queue.ts';
import type { ModelImport, ModelImportResult, ModelService } from './services.ts';

export type ModelImportEvent =
  Readonly<{ kind: 'progress'; progress: ImportProgress }> | (Readonly<{ kind: 'done' }> & ModelImportResult);

export async function* modelImportEvents(
  models: ModelService,
  request: ModelImport,
  signal: AbortSignal | undefined,
): AsyncGenerator<ModelImportEvent, void, void> {
  const closed = new AbortController();
  const either = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]);
  try {
    const result = yield* latestEvents<ModelImportEvent, ModelImportResult>((report) =>
      models.import(request, { signal: either, onProgress: (progress) => report({ kind: 'progress', progress }) }),
    );
    yield { kind: 'done', ...result };
  } finally {
    closed.abort();
  }
}
