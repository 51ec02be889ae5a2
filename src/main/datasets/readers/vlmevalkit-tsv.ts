/**
 * VLMEvalKit's TSV: `index, image` (base64) or `image_path`, `question, hint, A, B, …, answer, category,
 * l2-category, split`. As there, an `image` of at most 64 characters is another row's index, whose image is meant.
 * The coarser `l2-category` is the domain and `category` the topic; alone, `category` is the domain. Rows without
 * options (open questions) and with several images are reported and left out. A row without an answer stays.
 */
import { hash } from 'node:crypto';
import { choiceLetter } from '../../../shared/sample.ts';
import { nameImage, type NamedImage } from '../image-names.ts';
import { fileProblem, problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample } from '../rows/row-to-sample.ts';
import { splitOfPath } from '../split-name.ts';
import type { Cell } from '../text/delimited.ts';
import { readTable, type TableRow } from '../text/table.ts';
import type { Failure } from '../../../shared/failure.ts';
import { splitOfRow } from './m3cot-row.ts';

/** A shorter `image` is an index, not base64. */
const maxIndexLength = 64;

type Inline = Readonly<{ startByte: number; endByte: number; identity: string }>;
type ImageReading = Partial<NamedImage> & Readonly<{ failure?: Failure }>;

/** The letters A to Z in order, as option columns. */
const optionColumns = Array.from({ length: 26 }, (_, index) => choiceLetter(index));

/** Reads the given files, in the given order. */
export function vlmevalkitTsvReader({ folder }: ReaderContext, files: readonly string[]): Reader {
  return {
    format: 'vlmevalkit-tsv',
    async *rows({ signal }) {
      for (const file of files) {
        const images = new Map<string, Inline>();
        let isIndexed = false;
        const lookUp = async (index: string): Promise<Inline | undefined> => {
          if (!images.has(index) && !isIndexed) {
            // A row may come before the one whose image it shows: one more pass over the file, at most.
            isIndexed = true;
            await indexImages(file, images, signal);
          }
          return images.get(index);
        };
        try {
          const path = await folder.resolve(file);
          for await (const { rows } of readTable(path, { file, delimiter: 'tab', signal })) {
            const batch: ReaderRow[] = [];
            for (const row of rows) batch.push(await rowOf(row, file, images, lookUp));
            yield batch;
          }
        } catch (error) {
          yield [fileProblem(error, file)];
        }
      }
    },
  };

  async function indexImages(
    file: string,
    images: Map<string, Inline>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for await (const { rows } of readTable(await folder.resolve(file), { file, delimiter: 'tab', signal })) {
      for (const row of rows) if (row.kind === 'row') noteImage(row, images);
    }
  }

  async function rowOf(
    row: TableRow,
    file: string,
    images: Map<string, Inline>,
    lookUp: (index: string) => Promise<Inline | undefined>,
  ): Promise<ReaderRow> {
    if (row.kind === 'failure') return problemRow(file, row.row, row.failure);
    const place = `line ${row.row}`;
    noteImage(row, images);
    const text = (column: string): string => row.cell(column)?.text() ?? '';
    const options = optionColumns.map(text);
    const count = options.findLastIndex((option) => option !== '') + 1;
    const missing = options.slice(0, count).indexOf('');
    if (missing !== -1) {
      const what = `option ${choiceLetter(missing)} is empty between others`;
      return problemRow(file, row.row, malformedRow(file, place, what, 'options from A without a gap', 'a gap'));
    }
    const read = await imageOf(row.cell('image'), text('image_path'), file, place, lookUp);
    if (read.failure !== undefined) return problemRow(file, row.row, read.failure);
    const coarse = text('l2-category');
    const fields = {
      id: text('index'),
      split: splitOfRow(text('split') || splitOfPath(file)),
      question: text('question'),
      choices: options.slice(0, count),
      answer: text('answer'),
      context: text('hint'),
      rationale: text('solution'),
      domain: text('domain') || coarse || text('category'),
      topic: text('topic') || (coarse === '' ? '' : text('category')),
      image: read.image ?? null,
    };
    const result = rowToSample(fields, { file, place, answers: 'letter', answerRequired: false });
    if (result.kind === 'failure') return problemRow(file, row.row, result.failure);
    return {
      kind: 'sample',
      file,
      row: row.row,
      sample: result.sample,
      imageIdentity: read.imageIdentity ?? null,
      ...(read.warning !== undefined && { warning: read.warning }),
    };
  }

  async function imageOf(
    cell: Cell | undefined,
    path: string,
    file: string,
    place: string,
    lookUp: (index: string) => Promise<Inline | undefined>,
  ): Promise<ImageReading> {
    if (cell === undefined || cell.bytes.length === 0) {
      const names = listItems(path);
      if (names.length > 1) return { failure: severalImages(file, place, names.length) };
      return names[0] === undefined ? {} : nameImage(folder, names[0], { file, place });
    }
    const inline = inlineOf(cell);
    if (inline === null) return { failure: severalImages(file, place, 2) };
    const found = inline ?? (await lookUp(cell.text().trim()));
    if (found === undefined) {
      const what = 'the image is neither base64 nor the index of a row with one';
      const expected = `more than ${maxIndexLength} characters, or another row's index`;
      return { failure: malformedRow(file, place, what, expected, JSON.stringify(cell.text())) };
    }
    const { startByte, endByte, identity } = found;
    return { image: { kind: 'base64', path: file, startByte, endByte }, imageIdentity: identity };
  }
}

function noteImage(row: Extract<TableRow, { kind: 'row' }>, images: Map<string, Inline>): void {
  const index = row.cell('index')?.text() ?? '';
  const cell = row.cell('image');
  const inline = cell === undefined ? undefined : inlineOf(cell);
  if (inline !== undefined && inline !== null && !images.has(index)) images.set(index, inline);
}

/** The place of the cell's base64; undefined for an index, null for several images. A list of one is that one. */
function inlineOf({ bytes, startByte, endByte }: Cell): Inline | undefined | null {
  if (bytes.length <= maxIndexLength) return undefined;
  let from = 0;
  let to = bytes.length;
  if (bytes[0] === 0x5b) {
    if (bytes.includes(',')) return null;
    from = 2;
    to -= 2;
  }
  const identity = `sha256 ${hash('sha256', bytes.subarray(from, to))}`;
  return { startByte: startByte + from, endByte: endByte - (bytes.length - to), identity };
}

/** The names of `a.png` or of a written list `['a.png', 'b.png']`. */
function listItems(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) return [trimmed];
  return [...trimmed.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '');
}

function severalImages(file: string, place: string, count: number): Failure {
  return malformedRow(file, place, 'the question has several images', 'one image', `${count} or more`);
}

function malformedRow(file: string, place: string, what: string, expected: string, found: string): Failure {
  return { kind: 'malformed-row', message: `${file}, ${place}: ${what}.`, file, place, expected, found };
}
