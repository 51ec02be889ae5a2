/** The graphs of a bundle, by the names of their files. */
import type { Graph } from './graph/graph.ts';

export type BundleGraphs = Readonly<Record<'vision' | 'decoder' | 'head' | 'cache-rows', Graph>>;

/** Graphs over another graph's weights. */
export type BundleVariants = Readonly<
  Partial<Record<'vision-written-out' | 'decoder-appending', Readonly<{ of: keyof BundleGraphs; graph: Graph }>>>
>;
