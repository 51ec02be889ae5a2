/**
 * The rows of a key-value cache that a batch keeps, in the order given: a graph without weights, so that a cache
 * which lies on the device need not leave it when questions are finished.
 *
 *   past_key_values.{l}.key|value [B,Hkv,P,Dh], rows [R] -> present.{l}.key|value [R,Hkv,P,Dh]
 */
import type { TextDimensions } from '../../../shared/bundle.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { Graph } from '../graph/graph.ts';

export function cacheRows(name: string, { layerCount, keyValueHeadCount, headSize }: TextDimensions): Graph {
  const graph = new GraphBuilder(name);
  const rows = graph.input('rows', 'int64', ['R']);
  for (let layer = 0; layer < layerCount; layer++) {
    for (const part of ['key', 'value']) {
      const past = graph.input(`past_key_values.${layer}.${part}`, 'float32', ['B', keyValueHeadCount, 'P', headSize]);
      const kept = graph.node(`/layers.${layer}/${part}`, 'Gather', [past, rows], { attributes: { axis: { int: 0 } } });
      graph.output(`present.${layer}.${part}`, kept, 'float32', ['R', keyValueHeadCount, 'P', headSize]);
    }
  }
  return graph.build();
}
