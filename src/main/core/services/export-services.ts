/** Exports that a face downloads. */
import type { ExportService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';

export function createExportService({ open, downloads }: ServiceParts): ExportService {
  return {
    prepare: async (input, signal) => {
      const { runs } = await open();
      const { fileName, contentType, write } = runs.planDownload(input);
      const { download, result } = await downloads.prepare(
        { fileName, contentType },
        (path) => write(path, signal),
        signal,
      );
      return { ...download, rowCount: result };
    },
    picture: async ({ runId, sampleId, stepIndex, layer }, signal) => {
      const { drawQuestionPicture } = await import('../question-picture.ts');
      const { runs } = await open();
      const { write, fileName } = await drawQuestionPicture(runs, { runId, sampleId, stepIndex, layer });
      const { download } = await downloads.prepare({ fileName, contentType: 'image/png' }, write, signal);
      return download;
    },
  };
}
