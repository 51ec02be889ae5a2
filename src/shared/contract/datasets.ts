/** Datasets that the user has opened, the folders of the core's machine, and what the Hub's cache holds. */
import { z } from 'zod';
import { datasetFormatSchema, datasetSummarySchema } from '../sample.ts';
import { procedure, whereSchema } from './procedure.ts';

/** A dataset that the program knows; `datasetId` is its fingerprint. */
export const knownDatasetSchema = z.object({
  datasetId: z.string(),
  name: z.string(),
  path: z.string(),
  format: datasetFormatSchema.nullable(),
  licence: z.string().nullable(),
  rowCount: z.int().nullable(),
  splits: z.array(z.object({ split: z.string(), rowCount: z.int() })),
  /** False when nothing is at the path any more; opening it elsewhere finds it again by its fingerprint. */
  exists: z.boolean(),
  runCount: z.int().min(0),
  openedAt: z.string().nullable(),
});
export type KnownDataset = z.infer<typeof knownDatasetSchema>;

export const cachedDatasetSchema = z.object({
  /** `LightChen2333/M3CoT` */
  repository: z.string(),
  /** The snapshot's folder; opens as it is. */
  path: z.string(),
  revision: z.string(),
  sizeBytes: z.number(),
});
export type CachedDataset = z.infer<typeof cachedDatasetSchema>;

export const browsedSampleSchema = z.object({
  sampleId: z.string(),
  position: z.int().min(0),
  split: z.string(),
  domain: z.string(),
  topic: z.string(),
  category: z.string(),
  question: z.string(),
  choices: z.array(z.string()),
  answerIndex: z.int().nullable(),
  /** Relative address of the image, or null: `dataset-image/{datasetId}/{sampleId}`; `?size=256` for a thumbnail. */
  imageUrl: z.string().nullable(),
});
export type BrowsedSample = z.infer<typeof browsedSampleSchema>;

export const folderEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file']),
  sizeBytes: z.number().nullable(),
  /** What it looks like from its file names alone: opening it may still refuse. */
  looksLike: z.enum(['dataset', 'checkpoint', 'bundle', 'adapter', 'predictions', 'packed-run']).nullable(),
});
export type FolderEntry = z.infer<typeof folderEntrySchema>;

export const datasetProcedures = {
  inspect: procedure.input(z.object({ path: z.string() })).output(datasetSummarySchema),
  /** Inspects and remembers; a known dataset at a new path is found again. */
  open: procedure
    .input(z.object({ path: z.string() }))
    .output(z.object({ datasetId: z.string(), summary: datasetSummarySchema, movedFrom: z.string().nullable() })),
  /** Datasets one or two levels below a folder that is none itself; none where the search finds none in time. */
  below: procedure
    .input(z.object({ path: z.string() }))
    .output(z.object({ datasets: z.array(z.object({ path: z.string(), format: datasetFormatSchema })) })),
  list: procedure.output(z.object({ datasets: z.array(knownDatasetSchema) })),
  /** The summary of a known dataset, from its folder as it is now. */
  show: procedure
    .input(z.object({ datasetId: z.string() }))
    .output(z.object({ dataset: knownDatasetSchema, summary: datasetSummarySchema })),
  /** A page of questions; `where` has sample fields only, `text` is searched for in question, options and context. */
  samples: procedure
    .input(
      z.object({
        datasetId: z.string(),
        where: whereSchema.default([]),
        text: z.string().max(200).default(''),
        limit: z.int().min(1).max(200).default(48),
        offset: z.int().min(0).default(0),
      }),
    )
    .output(z.object({ rows: z.array(browsedSampleSchema), total: z.int() })),
  /** Takes it off the list; files and runs stay. */
  forget: procedure.input(z.object({ datasetId: z.string() })).output(z.object({ datasetId: z.string() })),
  /** Dataset repositories in the Hub's cache (`HF_HOME`) of the core's machine. */
  cached: procedure.output(z.object({ cacheFolder: z.string(), datasets: z.array(cachedDatasetSchema) })),
};

export const folderProcedures = {
  /** Entries of a folder below the root (home or `--root`); null: the root itself. Fails `path-outside-folder`. */
  list: procedure.input(z.object({ path: z.string().nullable(), showHidden: z.boolean().default(false) })).output(
    z.object({
      path: z.string(),
      root: z.string(),
      parent: z.string().nullable(),
      entries: z.array(folderEntrySchema),
      /** Entries beyond the first 2,000 are counted, not sent. */
      leftOut: z.int().min(0),
    }),
  ),
};
