/**
 * The questions of an open dataset, laid down in temporary files so that pages of them, filters and text searches
 * need no second reading of the dataset. In memory is only an index: places in the files, one number for each
 * row's (split, domain, topic, category), and the ids. The files vanish with the process.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageReference, Sample } from '../../shared/sample.ts';
import { sampleFields, type Where } from '../../shared/where.ts';
import { failFromSystem } from '../files/io-failure.ts';

/** A question as lists show it. */
export type SpooledSample = Pick<
  Sample,
  'sampleId' | 'split' | 'domain' | 'topic' | 'category' | 'question' | 'choices' | 'answerIndex' | 'image'
>;

export type SampleSpool = Readonly<{
  add: (sample: Sample) => void;
  /**
   * Row numbers (from 0, in the dataset's order) that pass the sample fields and hold every word of the text. Lets
   * other work in between the parts of a large text.
   */
  find: (where: Where, text: string) => Promise<Uint32Array>;
  /** The question at a row. */
  read: (row: number) => SpooledSample;
  holds: (sampleId: string) => boolean;
  imageOf: (sampleId: string) => ImageReference | null | undefined;
  close: () => void;
}>;

type Stratum = Readonly<Pick<Sample, 'split' | 'domain' | 'topic' | 'category'>>;

/** Results of searches that are kept: turning pages asks the same again. */
const keptResults = 8;

/** An empty spool; every question is added before the first is asked for. Fails: `disk-full`, `permission-denied`, `io`. */
export function createSampleSpool(): SampleSpool {
  const rows = createSpoolFile('rows');
  const texts = createSpoolFile('texts');
  const rowOfId = new Map<string, number>();
  const strata: Stratum[] = [];
  const stratumNumbers = new Map<string, number>();
  const stratumOfRow: number[] = [];
  const results = new Map<string, Uint32Array>();

  const read = (row: number): SpooledSample => JSON.parse(rows.read(row, row + 1).toString('utf8')) as SpooledSample;

  const matching = async (where: Where, text: string): Promise<Uint32Array> => {
    const passes = strata.map((stratum) =>
      sampleFields.every((field) => field === 'sample' || (where[field]?.includes(stratum[field]) ?? true)),
    );
    const ids = where.sample && new Set(where.sample.map((id) => rowOfId.get(id)));
    const words = wordsOf(text);
    const holds = words.length === 0 ? null : await rowsWithWords(texts, words);
    const found = stratumOfRow.flatMap((stratum, row) =>
      passes[stratum] === true && (ids?.has(row) ?? true) && (holds === null || holds[row] === words.length)
        ? [row]
        : [],
    );
    return Uint32Array.from(found);
  };

  return {
    add: ({ sampleId, split, domain, topic, category, question, choices, context, answerIndex, image }) => {
      const key = JSON.stringify([split, domain, topic, category]);
      let stratum = stratumNumbers.get(key);
      if (stratum === undefined) {
        stratum = strata.push({ split, domain, topic, category }) - 1;
        stratumNumbers.set(key, stratum);
      }
      rowOfId.set(sampleId, stratumOfRow.length);
      stratumOfRow.push(stratum);
      rows.append(JSON.stringify({ sampleId, split, domain, topic, category, question, choices, answerIndex, image }));
      texts.append([question, ...choices, context].map(folded).join('\0'));
    },
    find: async (where, text) => {
      const key = JSON.stringify([where, wordsOf(text)]);
      const found = results.get(key) ?? (await matching(where, text));
      results.delete(key);
      results.set(key, found);
      for (const oldest of results.keys()) {
        if (results.size <= keptResults) break;
        results.delete(oldest);
      }
      return found;
    },
    read,
    holds: (sampleId) => rowOfId.has(sampleId),
    imageOf: (sampleId) => {
      const row = rowOfId.get(sampleId);
      return row === undefined ? undefined : read(row).image;
    },
    close: () => {
      rows.close();
      texts.close();
    },
  };
}

/** Text without regard to case and composition of characters. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll('\0', ' ');

const wordsOf = (text: string): string[] => [...new Set(folded(text).split(/\s+/).filter(Boolean))];

/** For each row, how many of the words it holds. */
async function rowsWithWords(texts: SpoolFile, words: readonly string[]): Promise<Uint8Array> {
  const held = new Uint8Array(texts.count());
  const needles = words.map((word) => Buffer.from(word));
  for (let first = 0; first < texts.count();) {
    const end = texts.endOfChunk(first);
    const chunk = texts.read(first, end);
    const base = texts.startOf(first);
    for (const needle of needles) {
      let row = first;
      for (let at = chunk.indexOf(needle); at !== -1 && row < end; at = chunk.indexOf(needle, at)) {
        while (row + 1 < end && texts.startOf(row + 1) - base <= at) row += 1;
        held[row] = (held[row] ?? 0) + 1;
        // One hit counts; the search goes on with the next row.
        at = texts.startOf(row + 1) - base;
        row += 1;
      }
    }
    first = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return held;
}

type SpoolFile = ReturnType<typeof createSpoolFile>;

const bufferBytes = 1024 * 1024;
/** Searched in a few milliseconds. */
const chunkBytes = 1024 * 1024;

/** Records one behind the other, found again by their number. Writes at once: the caller reads rows in between. */
function createSpoolFile(name: string) {
  const path = join(tmpdir(), `penumbra-${name}-${randomBytes(9).toString('hex')}`);
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      return failFromSystem(error, path);
    }
  };
  const file = guarded(() => openSync(path, 'wx+', 0o600));
  // Without a name it is gone with the process, however that ends. Where the system refuses, it goes when closed.
  const isUnnamed = removed(path);
  const starts: number[] = [0];
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  const flush = (): void => {
    const bytes = Buffer.concat(pending);
    for (let done = 0; done < bytes.length;) done += guarded(() => writeSync(file, bytes, done));
    pending = [];
    pendingBytes = 0;
  };
  const startOf = (record: number): number => starts[record] ?? starts.at(-1) ?? 0;
  const count = (): number => starts.length - 1;

  return {
    append: (text: string): void => {
      const bytes = Buffer.from(`${text}\0`);
      pending.push(bytes);
      pendingBytes += bytes.length;
      starts.push(startOf(count()) + bytes.length);
      if (pendingBytes >= bufferBytes) flush();
    },
    count,
    startOf,
    /** One after the last record of a chunk that starts with this one; at least one record. */
    endOfChunk: (first: number): number => {
      let end = first + 1;
      while (end < count() && startOf(end + 1) - startOf(first) <= chunkBytes) end += 1;
      return end;
    },
    /** Bytes of the records from `first` up to `end`, without the last one's terminator. */
    read: (first: number, end: number): Buffer => {
      if (pendingBytes > 0) flush();
      const [start, stop] = [startOf(first), startOf(end) - 1];
      const bytes = Buffer.allocUnsafe(Math.max(0, stop - start));
      for (let done = 0; done < bytes.length;) {
        const got = guarded(() => readSync(file, bytes, done, bytes.length - done, start + done));
        if (got === 0) throw new Error('a spool file is shorter than what was written');
        done += got;
      }
      return bytes;
    },
    close: (): void => {
      closeSync(file);
      if (!isUnnamed) removed(path);
    },
  };
}

function removed(path: string): boolean {
  try {
    rmSync(path);
    return true;
  } catch {
    return false;
  }
}
