/**
 * The generic folder: JSON Lines or CSV (TSV) with image files, columns by their usual names or as `dataset.json`
 * maps them. A list of choices in a CSV cell is JSON, or text cut at `choiceSeparator`. A row without an answer
 * stays. Without an id column the id is the split and the row's position in its file's rows (`test-17`, from 0).
 */
import { mapColumns, type ColumnMap, type DatasetJson } from '../dataset-json.ts';
import { nameImage } from '../image-names.ts';
import { fileProblem, problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample, textOf } from '../rows/row-to-sample.ts';
import { normaliseSplit, splitOfPath, unnamedSplit } from '../split-name.ts';
import { readJsonLines } from '../text/json-lines.ts';
import { readTable } from '../text/table.ts';
import type { Failure } from '../../../shared/failure.ts';

/** A row whatever its syntax: the value of a column, undefined where there is none. */
type GenericRow =
  | Readonly<{ kind: 'row'; row: number; value: (column: string) => unknown; columns: () => Iterable<string> }>
  | Readonly<{ kind: 'failure'; row: number; failure: Failure }>;

export type GenericOptions = Readonly<{
  format: 'generic-jsonl' | 'generic-csv';
  files: readonly string[];
  /** Null without a `dataset.json`. */
  mapping: DatasetJson | null;
}>;

/** Reads the given files, in the given order. */
export function genericReader({ folder }: ReaderContext, { format, files, mapping }: GenericOptions): Reader {
  const rowsOf = format === 'generic-jsonl' ? jsonRows : tableRows;
  return {
    format,
    async *rows({ signal }) {
      for (const file of files) {
        let columns: ColumnMap | undefined;
        let position = 0;
        try {
          for await (const rows of rowsOf(await folder.resolve(file), file, signal)) {
            const batch: ReaderRow[] = [];
            for (const row of rows) {
              if (row.kind === 'row' && format === 'generic-csv')
                columns ??= mapColumns(columnsOf(mapping), new Set(row.columns()));
              const map = columns ?? mapColumns(columnsOf(mapping), new Set(row.kind === 'row' ? row.columns() : []));
              batch.push(await sampleOf(row, file, map, position));
              position += 1;
            }
            yield batch;
          }
        } catch (error) {
          yield [fileProblem(error, file)];
        }
      }
    },
  };

  async function sampleOf(row: GenericRow, file: string, map: ColumnMap, position: number): Promise<ReaderRow> {
    if (row.kind === 'failure') return problemRow(file, row.row, row.failure);
    const place = `line ${row.row}`;
    const value = (column: string | null): unknown => (column === null ? undefined : row.value(column));
    const writtenSplit = textOf(value(map.split))?.trim() || mapping?.split;
    const split = splitOfPath(file) ?? (writtenSplit === undefined ? unnamedSplit : normaliseSplit(writtenSplit));
    const written = value(map.image);
    const named =
      typeof written === 'string' && written.trim() !== ''
        ? await nameImage(folder, written.trim(), { file, place })
        : null;
    const result = rowToSample(
      {
        id: map.id === null ? `${split}-${position}` : value(map.id),
        split,
        question: value(map.question),
        choices: choicesOf(map.choices, value, mapping?.choiceSeparator),
        answer: value(map.answer),
        context: value(map.context),
        rationale: value(map.rationale),
        domain: value(map.domain),
        topic: value(map.topic),
        category: value(map.category),
        image: named?.image ?? null,
      },
      { file, place, answers: mapping?.answers ?? 'any', answerRequired: false, firstIndex: mapping?.firstIndex ?? 0 },
    );
    if (result.kind === 'failure') return problemRow(file, row.row, result.failure);
    return {
      kind: 'sample',
      file,
      row: row.row,
      sample: result.sample,
      imageIdentity: named?.imageIdentity ?? null,
      ...(named?.warning !== undefined && { warning: named.warning }),
    };
  }
}

function columnsOf(mapping: DatasetJson | null): DatasetJson['columns'] {
  return mapping?.columns ?? {};
}

function choicesOf(
  columns: ColumnMap['choices'],
  value: (column: string) => unknown,
  separator: string | undefined,
): unknown {
  if (columns === null) return undefined;
  if (typeof columns !== 'string') {
    const choices = columns.map((column) => value(column));
    // Questions may use fewer choices than there are columns.
    const count = choices.findLastIndex((choice) => choice !== undefined && choice !== null && choice !== '') + 1;
    return choices.slice(0, count);
  }
  const written = value(columns);
  if (typeof written !== 'string') return written;
  if (written.trimStart().startsWith('[')) {
    try {
      return JSON.parse(written) as unknown;
    } catch {
      return written;
    }
  }
  return separator === undefined ? written : written.split(separator).map((choice) => choice.trim());
}

async function* jsonRows(path: string, file: string, signal: AbortSignal | undefined): AsyncGenerator<GenericRow[]> {
  for await (const lines of readJsonLines(path, { file, signal })) {
    yield lines.map((line): GenericRow => {
      if (line.kind === 'failure') return line;
      const { object, row } = line;
      return {
        kind: 'row',
        row,
        value: (column) => (Object.hasOwn(object, column) ? object[column] : undefined),
        columns: () => Object.keys(object),
      };
    });
  }
}

async function* tableRows(path: string, file: string, signal: AbortSignal | undefined): AsyncGenerator<GenericRow[]> {
  const delimiter = file.toLowerCase().endsWith('.tsv') ? 'tab' : 'comma';
  for await (const { columns, rows } of readTable(path, { file, delimiter, signal })) {
    yield rows.map((line): GenericRow => {
      if (line.kind === 'failure') return line;
      return { kind: 'row', row: line.row, value: (column) => line.cell(column)?.text(), columns: () => columns };
    });
  }
}
