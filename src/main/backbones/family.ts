/** What an import has to know of a model family: everything else about it is in the family's own folder. */
import type { Architecture } from '../../shared/architecture.ts';
import type { Bundle, Precision, SpecialTokens, TextDimensions } from '../../shared/bundle.ts';
import type { LatentDefaults } from '../../shared/run-settings.ts';
import type { BundleGraphs, BundleVariants } from '../builder/bundle-graphs.ts';
import type { ValidationOptions } from '../checkpoint/expected-tensors.ts';
import type { LatentOptions } from '../checkpoint/latent-config.ts';
import type { CanonicalName } from '../checkpoint/tensor-names.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { FindSpecialTokens } from '../vlm/tokenizer.ts';

/** The part of `bundle.json` that says what its images are. */
export type ImageFields<B extends Bundle = Bundle> = B extends Bundle
  ? Pick<B, 'architecture' | 'vision' | 'image'>
  : never;

/** What a folder's configuration says, and what is made of it. */
export type FamilyConfig = Readonly<{
  text: TextDimensions;
  trainedFor: LatentDefaults;
  trained: boolean;
  /** Whether the config says if the head shares the embeddings; where it does not, the weights decide. */
  statesTiedEmbeddings: boolean;
  /** The files that all of this was read from. */
  files: readonly string[];
  imageFields: ImageFields;
  /** As `validateTensors` does, for these dimensions of the decoder. */
  validate: (
    source: WeightSource,
    text: TextDimensions,
    options: ValidationOptions,
  ) => Readonly<{ vocabularySize: number; unknown: string[] }>;
  graphs: (text: TextDimensions, precision: Precision) => BundleGraphs;
  variants: (text: TextDimensions, precision: Precision) => BundleVariants;
  /** Refuses a tokenizer that does not belong to this configuration. */
  checkTokens: (tokens: SpecialTokens, file: string) => void;
}>;

export type Family = Readonly<{
  architecture: Architecture;
  /** As people write it. */
  name: string;
  /** `model_type` of its `config.json`, and the class that `architectures` names. */
  modelType: string;
  modelClass: string;
  canonicalName: CanonicalName;
  findSpecialTokens: FindSpecialTokens;
  /** Whether prompts come from a template in the folder. */
  hasChatTemplate: boolean;
  readConfig: (folder: string, options?: LatentOptions) => Promise<FamilyConfig>;
}>;
