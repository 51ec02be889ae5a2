/** What decoders' configurations have in common, whatever the family. */
import { expectConfig, malformedConfig } from './config-checks.ts';

/** Fields of a `config.json`, as Hugging Face names them. */
export type DecoderFields = Readonly<{
  hidden_size: number;
  num_attention_heads: number;
  num_key_value_heads?: number | null | undefined;
  hidden_act: string;
}>;

/**
 * Heads and their size, of a decoder with SwiGLU. Fails: `malformed-config` where they do not divide, and
 * `unsupported-architecture` for another activation.
 */
export function decoderHeads(
  path: string,
  { hidden_size, num_attention_heads: headCount, num_key_value_heads, hidden_act }: DecoderFields,
): Readonly<{ headCount: number; keyValueHeadCount: number; headSize: number }> {
  const keyValueHeadCount = num_key_value_heads ?? headCount;
  const headSize = hidden_size / headCount;
  expectConfig(path, 'hidden_act', 'silu', hidden_act, 'unsupported-architecture');
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) {
    malformedConfig(path, 'num_attention_heads', 'heads of an even, whole size', `${hidden_size} / ${headCount}`);
  }
  if (headCount % keyValueHeadCount !== 0) {
    malformedConfig(path, 'num_key_value_heads', `a divisor of ${headCount}`, `${keyValueHeadCount}`);
  }
  return { headCount, keyValueHeadCount, headSize };
}
