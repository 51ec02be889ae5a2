/** What the pages call a dataset's format. */
import type { DatasetFormat } from '../../../../shared/sample.ts';

const names: Readonly<Record<DatasetFormat, string>> = {
  'm3cot-parquet': 'M3CoT, parquet',
  'm3cot-jsonl': 'M3CoT, JSON Lines',
  'scienceqa-json': 'ScienceQA, problems.json',
  'scienceqa-parquet': 'ScienceQA, parquet',
  'vlmevalkit-tsv': 'VLMEvalKit, TSV',
  'generic-jsonl': 'JSON Lines',
  'generic-csv': 'CSV or TSV',
};

export const formatName = (format: DatasetFormat | null): string => (format === null ? 'unknown' : names[format]);
