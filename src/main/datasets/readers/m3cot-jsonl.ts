/**
 * M3CoT as originally released: `data/{train,dev,test}.jsonl` with `data/images/{id}.png`, or the same one level
 * up. `image` names the file, perhaps with backslashes and with the folders of the machine that wrote it; a row
 * without that field has the image `images/{id}.png`.
 */
import { posix } from 'node:path';
import { nameImage, writtenPaths, type NamedImage } from '../image-names.ts';
import { fileProblem, problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample, textOf } from '../rows/row-to-sample.ts';
import { splitOfPath } from '../split-name.ts';
import { readJsonLines, type JsonLine, type JsonObject } from '../text/json-lines.ts';
import { m3cotFieldsOf } from './m3cot-row.ts';

/** Reads the given files, in the given order. */
export function m3cotJsonlReader({ folder }: ReaderContext, files: readonly string[]): Reader {
  return {
    format: 'm3cot-jsonl',
    async *rows({ signal }) {
      for (const file of files) {
        const split = splitOfPath(file);
        try {
          for await (const lines of readJsonLines(await folder.resolve(file), { file, signal })) {
            const batch: ReaderRow[] = [];
            for (const line of lines) batch.push(await rowOf(line, file, split));
            yield batch;
          }
        } catch (error) {
          yield [fileProblem(error, file)];
        }
      }
    },
  };

  async function rowOf(line: JsonLine, file: string, split: string | null): Promise<ReaderRow> {
    if (line.kind === 'failure') return problemRow(file, line.row, line.failure);
    const place = `line ${line.row}`;
    const named = await imageOf(line.object, file, place);
    const result = rowToSample(m3cotFieldsOf(line.object, split, named.image ?? null), {
      file,
      place,
      answers: 'letter',
      answerRequired: true,
    });
    if (result.kind === 'failure') return problemRow(file, line.row, result.failure);
    return {
      kind: 'sample',
      file,
      row: line.row,
      sample: result.sample,
      imageIdentity: named.imageIdentity ?? null,
      ...(named.warning !== undefined && { warning: named.warning }),
    };
  }

  async function imageOf(row: JsonObject, file: string, place: string): Promise<Partial<NamedImage>> {
    const id = textOf(row.id);
    const written = row.image_path ?? row.image;
    if (typeof written === 'string' && written !== '') {
      return nameImage(folder, written, { file, place, candidates: candidatesOf(file, written, id) });
    }
    if (written !== undefined) return {};
    if (id === null) return {};
    const lookup = await folder.find(inImages(file, `${id}.png`));
    if (lookup.kind !== 'found') return {};
    return { image: { kind: 'file', path: lookup.path }, imageIdentity: `images/${id}.png` };
  }

  /** The original's image names are unique, so that its images are found wherever they were unpacked. */
  function* candidatesOf(file: string, written: string, id: string | null): Generator<string> {
    yield* writtenPaths(folder, file, written);
    yield* inImages(file, written.slice(Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\')) + 1));
    if (id !== null) yield* inImages(file, `${id}.png`);
  }
}

function* inImages(file: string, name: string): Generator<string> {
  if (name === '' || name === '..') return;
  yield posix.join(posix.dirname(file), 'images', name);
  yield `images/${name}`;
}
