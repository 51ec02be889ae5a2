/**
 * The names that Qwen2-VL weights go by. Hugging Face has saved two layouts, old (`model.layers.…`, `visual.…`) and
 * new (`model.language_model.layers.…`, `model.visual.…`); wrappers add prefixes (data parallelism `module.`, the
 * released IVT-LR class `base_causallm.`, peft `base_model.model.`). The old layout's names are the canonical ones.
 */
import { fail } from '../../../../shared/failure.ts';
import { renameTensors } from '../../../checkpoint/source-views.ts';
import type { WeightSource } from '../../../checkpoint/weight-source.ts';

export type NameLayout = 'old' | 'new';

export type MappedNames = Readonly<{
  /** The same tensors under canonical names (adapter parts keep their endings, such as `.lora_A.default.weight`). */
  source: WeightSource;
  layout: NameLayout;
  /** Whether the names come from the released IVT-LR class: a model trained with latent steps. */
  released: boolean;
  /** Stored names that are no part of a Qwen2-VL model. */
  unknown: readonly string[];
}>;

const wrapperPrefixes = ['module.', 'base_causallm.', 'base_model.model.'] as const;

/** An alias of the token embeddings that the released class saves too. */
const embeddingAlias = /^(?:module\.)?embedding\.weight$/;

/** The canonical name of a stored one, or `undefined` if no Qwen2-VL model has it. */
export function canonicalQwen2VlName(stored: string): string | undefined {
  const name = unwrapped(stored);
  if (name.startsWith('model.language_model.')) return `model.${name.slice('model.language_model.'.length)}`;
  if (name.startsWith('model.visual.')) return name.slice('model.'.length);
  return /^(?:model|visual|lm_head)\./.test(name) ? name : undefined;
}

function unwrapped(stored: string): string {
  return wrapperPrefixes.reduce((name, prefix) => (name.startsWith(prefix) ? name.slice(prefix.length) : name), stored);
}

/**
 * The tensors of a Qwen2-VL checkpoint under canonical names.
 * Fails `malformed-checkpoint` when two stored tensors are the same one (a mixture of layouts).
 */
export function mapQwen2VlNames(source: WeightSource): MappedNames {
  const storedNames = new Map<string, string>();
  const unknown: string[] = [];
  for (const [stored, tensor] of source.tensors) {
    const canonical = canonicalQwen2VlName(stored);
    if (canonical === undefined) {
      if (!embeddingAlias.test(stored)) unknown.push(stored);
      continue;
    }
    const other = storedNames.get(canonical);
    if (other !== undefined) {
      fail('malformed-checkpoint', `Two tensors are both ${canonical}.`, {
        file: tensor.file,
        place: `tensor ${stored}`,
        found: `also ${other}`,
      });
    }
    storedNames.set(canonical, stored);
  }
  const stored = [...storedNames.values()];
  return {
    source: renameTensors(source, storedNames),
    layout: stored.some((name) => /^model\.(?:language_model|visual)\./.test(unwrapped(name))) ? 'new' : 'old',
    released: stored.some((name) => /^(?:module\.)?base_causallm\./.test(name)),
    unknown,
  };
}
