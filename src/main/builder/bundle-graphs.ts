/** The graphs of a bundle, by the names of their files. */
import type { Graph } from './graph/graph.ts';

export const graphNames = ['vision', 'image-tokenizer', 'decoder', 'head', 'cache-rows'] as const;
export type GraphName = (typeof graphNames)[number];

/** Images are encoded by one of the first two. */
export type BundleGraphs = Readonly<
  Record<'decoder' | 'head' | 'cache-rows', Graph> & Partial<Record<'vision' | 'image-tokenizer', Graph>>
>;

/** Graphs over another graph's weights. */
export const variantNames = ['vision-written-out', 'decoder-appending'] as const;
export type VariantName = (typeof variantNames)[number];
export type BundleVariants = Readonly<Partial<Record<VariantName, Readonly<{ of: GraphName; graph: Graph }>>>>;
