/** A checkpoint opened for an import: its tensors and its tokenizer. */
import { familyOf } from '../backbones/families.ts';
import { resolveModelFolder } from '../checkpoint/model-folder.ts';
import { openCheckpoint, type Checkpoint } from './open-checkpoint.ts';
import { readTokenizerFiles, type TokenizerParts } from '../builder/tokenizer-files.ts';

export type CheckpointChoice = Readonly<{
  /** Hugging Face folder, or Hub cache snapshot. */
  source: string;
  /** Released `model.pth` or a PEFT adapter folder. */
  adapter?: string | undefined;
  loraAlpha?: number | undefined;
}>;

export type PreparedImport = Readonly<{
  /** Open: whoever prepared closes its `source`. */
  checkpoint: Checkpoint;
  tokenizer: TokenizerParts;
  /** Every file that makes the model what it is, for its fingerprint. */
  files: readonly string[];
}>;

/** Opens and checks; reads headers and settings, no weights. Fails with every kind that checkpoints have. */
export async function prepareImport({ source, adapter, loraAlpha }: CheckpointChoice): Promise<PreparedImport> {
  const { folder } = await resolveModelFolder(source);
  const family = await familyOf(folder);
  const plainTokenizer = await readTokenizerFiles(folder, family, false);
  const checkpoint = await openCheckpoint({
    folder: source,
    adapter,
    loraAlpha,
    tokenizerLength: plainTokenizer.vocabularySize,
  });
  try {
    const isLatent = checkpoint.config.trainedFor.method === 'ivt-lr';
    const tokenizer = isLatent ? await readTokenizerFiles(folder, family, true) : plainTokenizer;
    checkpoint.config.checkTokens(tokenizer.specialTokens, tokenizer.tokenizerPath);
    return { checkpoint, tokenizer, files: [...new Set([...checkpoint.files, ...tokenizer.files])] };
  } catch (error) {
    await checkpoint.source.close();
    throw error;
  }
}
