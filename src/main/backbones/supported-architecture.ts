/** Which models are read; anything else is refused by name, near relatives with the difference spelled out. */
import { fail } from '../../shared/failure.ts';

const supported = 'Qwen2-VL (model_type qwen2_vl, 2B, 7B or any other size)';

/** Models that users could take for a supported one. */
const relatives: Readonly<Record<string, string>> = {
  qwen2_5_vl: 'Qwen2.5-VL is a different architecture (windowed vision tower, absolute time positions)',
  qwen3_vl: 'Qwen3-VL is a different architecture (deep-stacked visual features)',
  qwen2: 'Qwen2 is the text model alone',
  chameleon: 'Chameleon is not supported yet',
};

/** Fails `unsupported-architecture` unless a parsed `config.json` describes a Qwen2-VL model. */
export function refuseOtherArchitectures(file: string, config: Readonly<Record<string, unknown>>): void {
  const type = config['model_type'];
  const named = config['architectures'];
  const architectures = Array.isArray(named) ? named : [];
  const suits = architectures.length === 0 || architectures.includes('Qwen2VLForConditionalGeneration');
  if (type === 'qwen2_vl' && suits) return;
  const found = [type, ...architectures].filter((name) => typeof name === 'string').join(', ');
  const relative = typeof type === 'string' && Object.hasOwn(relatives, type) ? relatives[type] : undefined;
  fail('unsupported-architecture', `Penumbra can't import ${found === '' ? 'a model without model_type' : found}.`, {
    file,
    place: type === 'qwen2_vl' ? 'architectures' : 'model_type',
    expected: supported,
    found: relative ?? (found === '' ? 'no model_type' : found),
    action: `Use a checkpoint of ${supported}.`,
  });
}
