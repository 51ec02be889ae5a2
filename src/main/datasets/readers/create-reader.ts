/** The reader of each format. */
import type { Reader, ReaderContext } from '../reader.ts';
import type { Recognised } from '../recognise.ts';
import { genericReader } from './generic.ts';
import { m3cotJsonlReader } from './m3cot-jsonl.ts';
import { m3cotParquetReader } from './m3cot-parquet.ts';
import { scienceqaJsonReader } from './scienceqa-json.ts';
import { scienceqaParquetReader } from './scienceqa-parquet.ts';
import { vlmevalkitTsvReader } from './vlmevalkit-tsv.ts';

type CreateReader = (context: ReaderContext, recognised: Recognised) => Reader;

const readers: Readonly<Record<Recognised['format'], CreateReader>> = {
  'm3cot-parquet': (context, { files }) => m3cotParquetReader(context, files),
  'm3cot-jsonl': (context, { files }) => m3cotJsonlReader(context, files),
  'scienceqa-json': (context, { files }) => scienceqaJsonReader(context, files),
  'scienceqa-parquet': (context, { files }) => scienceqaParquetReader(context, files),
  'vlmevalkit-tsv': (context, { files }) => vlmevalkitTsvReader(context, files),
  'generic-jsonl': (context, { files, mapping }) => genericReader(context, { format: 'generic-jsonl', files, mapping }),
  'generic-csv': (context, { files, mapping }) => genericReader(context, { format: 'generic-csv', files, mapping }),
};

export function createReader(context: ReaderContext, recognised: Recognised): Reader {
  return readers[recognised.format](context, recognised);
}
