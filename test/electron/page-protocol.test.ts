/** The windows' protocol: a download is streamed from the file that the core names, with its length and name. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createDatasetImages } from '../../src/main/core/dataset-images.ts';
import { createDownloads } from '../../src/main/core/downloads.ts';
import { createResources } from '../../src/main/core/resources.ts';
import { createRunImages } from '../../src/main/core/run-images.ts';
import { appOrigin } from '../../src/main/electron/addresses.ts';
import { answerPage, type PageSources } from '../../src/main/electron/page-protocol.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

describe('a window', () => {
  it('gets downloads whole, by their id alone', async () => {
    const folder = await newFolder();
    const none = () => Promise.reject(new Error('no image is asked for'));
    const downloads = createDownloads({ parent: folder });
    const readResource = createResources({
      images: createRunImages(none),
      datasetImages: createDatasetImages(none, folder),
      downloads,
    });
    const sources: PageSources = {
      findFile: () => null,
      // As between processes: what does not survive a structured clone never arrives.
      readResource: async (address, tag) => structuredClone(await readResource(new URL(address), tag)),
    };
    const text = 'a,b\r\n'.repeat(100_000);
    const file = { fileName: 'Läufe.csv', contentType: 'text/csv; charset=utf-8' };
    const { download } = await downloads.prepare(file, (path) => writeFile(path, text));
    const ask = (path: string, method = 'GET') => answerPage(sources, new Request(`${appOrigin}/${path}`, { method }));

    const answer = await ask(download.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('500000');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="L_ufe.csv"; filename*=UTF-8''L%C3%A4ufe.csv`,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe(text);
    expect(await (await ask(download.url, 'HEAD')).text()).toBe('');
    expect((await ask(`${download.url}x`)).status).toBe(404);
    await downloads.close();
    expect((await ask(download.url)).status).toBe(404);
  });
});
