/** The language-model head: hidden [B, D] -> logits [B, V]. A graph of its own because latent steps need no token. */
import type { TextDimensions } from '../../../shared/bundle.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { Graph } from '../graph/graph.ts';
import { linear, type LinearEncoding } from '../ops/linear.ts';

export function languageModelHead(name: string, text: TextDimensions, encoding: LinearEncoding): Graph {
  const graph = new GraphBuilder(name);
  const hidden = graph.input('hidden', 'float32', ['B', text.hiddenSize]);
  const logits = linear(graph, '/lm_head', hidden, {
    weight: text.tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight',
    bias: null,
    inputSize: text.hiddenSize,
    outputSize: text.vocabularySize,
    encoding,
  });
  graph.output('logits', logits, 'float32', ['B', text.vocabularySize]);
  return graph.build();
}
