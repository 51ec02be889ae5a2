/**
 * What the paper reports, to be shown beside a user's own runs and never mixed with them. Source: "Reasoning in the
 * Dark: Interleaved Vision-Text Reasoning in Latent Space", arXiv 2510.12603 (main table, ablation, latent stages).
 * Its datasets, prompts, models and machine are the paper's: a difference from one's own run has many causes.
 */

export const publishedSource = 'arXiv 2510.12603';

export const publishedBackbones = ['Qwen2-VL-7B', 'Chameleon-7B'] as const;
export type PublishedBackbone = (typeof publishedBackbones)[number];

export const publishedDatasets = ['M3CoT', 'ScienceQA'] as const;
export type PublishedDataset = (typeof publishedDatasets)[number];

/** Accuracy in percent, autoregressive steps, seconds a question; null: not reported. */
export type PublishedFigures = readonly [accuracy: number, arSteps: number | null, seconds: number | null];

export const publishedMain: Readonly<
  Record<
    PublishedBackbone,
    Readonly<Record<PublishedDataset, readonly (readonly [method: string, PublishedFigures])[]>>
  >
> = {
  'Qwen2-VL-7B': {
    M3CoT: [
      ['No-CoT', [45.4, null, null]],
      ['Multimodal-CoT', [42.5, 106.3, 3.1]],
      ['CCoT', [44.1, 177.2, 5.31]],
      ['ICoT', [46.0, 96.5, 2.86]],
      ['SCAFFOLD', [44.9, 170.8, 5.14]],
      ['Chain-of-Focus', [64.3, 185.7, 2.63]],
      ['IVT-LR', [71.8, 10.0, 0.65]],
    ],
    ScienceQA: [
      ['No-CoT', [64.4, null, null]],
      ['Multimodal-CoT', [58.3, 83.9, 2.44]],
      ['CCoT', [63.8, 164.0, 5.23]],
      ['ICoT', [65.4, 77.4, 2.28]],
      ['SCAFFOLD', [62.5, 162.3, 4.91]],
      ['Chain-of-Focus', [91.2, 162.3, 2.09]],
      ['IVT-LR', [94.6, 11.0, 0.67]],
    ],
  },
  'Chameleon-7B': {
    M3CoT: [
      ['No-CoT', [28.4, null, null]],
      ['Multimodal-CoT', [30.6, 110.5, 3.62]],
      ['CCoT', [31.4, 168.4, 5.35]],
      ['ICoT', [32.3, 110.9, 5.43]],
      ['SCAFFOLD', [31.1, 194.3, 6.12]],
      ['Chain-of-Focus', [36.5, 739.4, 3.09]],
      ['IVT-LR', [41.8, 10.0, 1.13]],
    ],
    ScienceQA: [
      ['No-CoT', [48.5, null, null]],
      ['Multimodal-CoT', [50.7, 98.7, 3.33]],
      ['CCoT', [51.3, 174.2, 5.39]],
      ['ICoT', [53.4, 92.4, 4.62]],
      ['SCAFFOLD', [47.5, 160.6, 6.03]],
      ['Chain-of-Focus', [61.2, 717.1, 2.56]],
      ['IVT-LR', [64.0, 11.0, 1.14]],
    ],
  },
};

/** Models trained without a part, Qwen2-VL-7B; accuracy in percent. Its full ScienceQA figure differs from the main table's. */
export const publishedAblation: readonly Readonly<{ variant: string } & Record<PublishedDataset, number>>[] = [
  { variant: 'full', M3CoT: 71.83, ScienceQA: 94.1 },
  { variant: 'without latent text', M3CoT: 52.2, ScienceQA: 84.7 },
  { variant: 'without latent vision', M3CoT: 46.64, ScienceQA: 82.3 },
  { variant: 'without the latent part', M3CoT: 58.02, ScienceQA: 86.4 },
];

/** Accuracy in percent by the number of latent stages in training, Qwen2-VL-7B on M3CoT; '' is the total. */
export const publishedStages: readonly Readonly<{ stages: number; byDomain: Readonly<Record<string, number>> }>[] = [
  { stages: 1, byDomain: { science: 56.66, commonsense: 64.4, mathematics: 38.59, '': 56.3 } },
  { stages: 2, byDomain: { science: 61.71, commonsense: 70.11, mathematics: 43.57, '': 61.48 } },
  { stages: 3, byDomain: { science: 70.9, commonsense: 79.78, mathematics: 63.07, '': 71.83 } },
];
