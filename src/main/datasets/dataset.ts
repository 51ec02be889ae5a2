/**
 * What the rest of the program sees of a dataset: questions in order, a summary, and images on demand. A dataset
 * is never changed by opening it, and no more than one batch of rows and one image is held at a time.
 */
import type { DatasetFormat, DatasetProblem, DatasetSummary, ImageReference, Sample } from '../../shared/sample.ts';

export type SampleFilter = Readonly<{
  /** `train`, `validation` (also as `dev` or `val`), `test`, or whatever the dataset calls its split. */
  split?: string;
}>;

export interface Dataset {
  /** The folder or file as the user named it. */
  readonly path: string;
  readonly format: DatasetFormat;
  /** Licence of the data with where that is said, or null when unknown. */
  readonly licence: string | null;
  /**
   * The questions in the dataset's order, rows without an image included (`image` is null). Rows with a problem
   * that makes them unusable are left out; `summary` lists them. A split that the dataset lacks yields nothing.
   * Fails: `io`, `permission-denied`, `missing-file`, `cancelled`.
   */
  samples(filter?: SampleFilter): AsyncIterable<Sample>;
  /** Counts, fingerprint and problems, from one pass over the rows; computed once. */
  summary(): Promise<DatasetSummary>;
  /** As `summary`, from a new pass that shows each of the `samples` on its way. */
  readThrough(observe: (sample: Sample) => void): Promise<DatasetSummary>;
  /** The problems of `summary` (at most the first 1,000). */
  problems(): Promise<readonly DatasetProblem[]>;
  /**
   * The encoded bytes (PNG, JPEG, …) of an image; they are not decoded here.
   * Fails: `missing-image`, `malformed-image`, `image-too-large`, `path-outside-folder`, `permission-denied`.
   */
  readImage(reference: ImageReference): Promise<Uint8Array>;
  /**
   * Finds the images that are slow to reach the first time (late in a large page of a parquet file), in between other
   * work and until `close`; for a dataset whose images will be looked at in any order. Never rejects.
   */
  findImages(): Promise<void>;
  /**
   * Sizes and times of the data files and of their folders: another one means that the rows may be others by now.
   * Fails as the system does.
   */
  stamp(): Promise<string>;
  /** What the image's bytes come from: path, size and time of its file, and the place in it. Fails as `readImage`. */
  imageStamp(reference: ImageReference): Promise<string>;
  close(): Promise<void>;
}
