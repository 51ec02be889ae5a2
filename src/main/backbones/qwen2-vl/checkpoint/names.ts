/**
 * The names of Qwen2-VL's weights. Hugging Face has saved two layouts, old (`model.layers.…`, `visual.…`) and new
 * (`model.language_model.layers.…`, `model.visual.…`). The old layout's names are the canonical ones.
 */

/** The canonical name of a stored one (without wrappers), or `undefined` if no Qwen2-VL model has it. */
export function canonicalQwen2VlName(name: string): string | undefined {
  if (name.startsWith('model.language_model.')) return `model.${name.slice('model.language_model.'.length)}`;
  if (name.startsWith('model.visual.')) return name.slice('model.'.length);
  return /^(?:model|visual|lm_head)\./.test(name) ? name : undefined;
}
