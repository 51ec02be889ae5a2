/** The reasoning methods, for every face. Written by `npm run methods` from src/main/methods; not edited by hand. */

export const methodList = [
  {
    name: 'ccot',
    title: 'CCoT',
    summary: 'One call writes a scene graph of what matters to the question, another answers with it.',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
  {
    name: 'chain-of-focus',
    title: 'Chain-of-Focus',
    summary: 'The model may ask to see parts of the picture larger before it answers.',
    isLatent: false,
    architectures: ['qwen2-vl'],
    defaults: {},
  },
  {
    name: 'cot',
    title: 'CoT',
    summary: 'A written rationale, then a second turn that asks for the letter; trained models write both at once.',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
  {
    name: 'icot',
    title: 'ICoT',
    summary: 'A written rationale into which the patches that it attends to are inserted at line breaks.',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: { maxTokens: 128 },
  },
  {
    name: 'ivt-lr',
    title: 'IVT-LR',
    summary:
      'Interleaved vision-text latent reasoning: N latent steps, each of which takes K patches, then the answer.',
    isLatent: true,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
  {
    name: 'multimodal-cot',
    title: 'Multimodal-CoT',
    summary: 'One call writes a rationale, another answers with it (zero-shot; the original trains two models).',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
  {
    name: 'no-cot',
    title: 'No-CoT',
    summary: 'The answer straight after question and options.',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
  {
    name: 'scaffold',
    title: 'SCAFFOLD',
    summary: 'The picture and a copy with a labelled dot matrix, whose coordinates the model is to name.',
    isLatent: false,
    architectures: ['qwen2-vl', 'chameleon'],
    defaults: {},
  },
] as const;
