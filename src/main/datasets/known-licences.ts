/** What each format's own publication says of its data, used where the folder itself says nothing. */
import type { DatasetFormat } from '../../shared/sample.ts';
import type { KnownLicence } from './licence.ts';

const m3cot: KnownLicence = { name: 'CC BY-SA 4.0', source: 'as M3CoT’s dataset card states' };
const scienceQA: KnownLicence = { name: 'CC BY-NC-SA 4.0', source: 'as ScienceQA’s publication states' };

export const knownLicences: Readonly<Record<DatasetFormat, KnownLicence | null>> = {
  'm3cot-parquet': m3cot,
  'm3cot-jsonl': m3cot,
  'scienceqa-json': scienceQA,
  'scienceqa-parquet': scienceQA,
  'vlmevalkit-tsv': null,
  'generic-jsonl': null,
  'generic-csv': null,
};
