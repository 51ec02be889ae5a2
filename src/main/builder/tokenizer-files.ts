/**
 * The tokenizer's part of a bundle: its files copied, the chat template (which Hugging Face has kept in three
 * places over the years) as one file, and the special ids that they give.
 */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SpecialTokens } from '../../shared/bundle.ts';
import { readJsonFile } from '../checkpoint/json-file.ts';
import { resolveInside } from '../files/safe-path.ts';
import { findChatTemplate } from '../vlm/chat-template.ts';
import { loadTokenizer, type FindSpecialTokens } from '../vlm/tokenizer.ts';

export type TokenizerParts = Readonly<{
  tokenizerJson: string;
  tokenizerConfigJson: string;
  /** Null for a family that has prompts of its own. */
  chatTemplate: string | null;
  tokenizerPath: string;
  specialTokens: SpecialTokens;
  /** Highest id + 1, added latent tokens included. */
  vocabularySize: number;
  /** Files read, for fingerprints. */
  files: readonly string[];
}>;

const generationSchema = z.looseObject({ eos_token_id: z.union([z.int(), z.array(z.int())]).nullish() });

/** What a family looks for. */
export type TokenizerNeeds = Readonly<{ findSpecialTokens: FindSpecialTokens; hasChatTemplate: boolean }>;

/** Reads them from a checkpoint's folder. Fails: `missing-file`, `malformed-tokenizer`, `malformed-config`. */
export async function readTokenizerFiles(
  folder: string,
  { findSpecialTokens, hasChatTemplate }: TokenizerNeeds,
  latentTokens: boolean,
): Promise<TokenizerParts> {
  const tokenizerPath = await resolveInside(folder, 'tokenizer.json');
  const configPath = await existing(folder, 'tokenizer_config.json');
  const tokenizer = await loadTokenizer(
    { tokenizer: tokenizerPath, tokenizerConfig: configPath, latentTokens },
    findSpecialTokens,
  );
  const generationPath = await existing(folder, 'generation_config.json');
  const templatePaths = hasChatTemplate
    ? [await existing(folder, 'chat_template.jinja'), await existing(folder, 'chat_template.json')]
    : [];
  const files = [tokenizerPath, configPath, ...templatePaths, generationPath].filter((path) => path !== null);
  return {
    tokenizerJson: await readFile(tokenizerPath, 'utf8'),
    tokenizerConfigJson: configPath === null ? '{}\n' : await readFile(configPath, 'utf8'),
    chatTemplate: hasChatTemplate ? await findChatTemplate(folder) : null,
    tokenizerPath,
    specialTokens: {
      ...tokenizer.specialTokens,
      endOfSequence: await endTokens(tokenizer.specialTokens.endOfSequence, generationPath),
    },
    vocabularySize: tokenizer.vocabularySize,
    files: [...new Set(files)],
  };
}

export async function writeTokenizerFiles(folder: string, parts: TokenizerParts): Promise<void> {
  await writeFile(join(folder, 'tokenizer.json'), parts.tokenizerJson);
  await writeFile(join(folder, 'tokenizer_config.json'), parts.tokenizerConfigJson);
  if (parts.chatTemplate !== null) await writeFile(join(folder, 'chat_template.jinja'), parts.chatTemplate);
}

/** The tokenizer's own end token, then those that the generation config names (or else the tokenizer's others). */
async function endTokens(ofTokenizer: readonly number[], generationPath: string | null): Promise<number[]> {
  if (generationPath === null) return [...ofTokenizer];
  const { eos_token_id: named } = await readJsonFile(generationPath, generationSchema, 'malformed-config');
  if (named === null || named === undefined) return [...ofTokenizer];
  return [...new Set([...ofTokenizer.slice(0, 1), ...(Array.isArray(named) ? named : [named])])];
}

/** Path of a file of the folder, or null where there is none. */
async function existing(folder: string, name: string): Promise<string | null> {
  const path = await resolveInside(folder, name);
  try {
    await access(path);
    return path;
  } catch {
    return null;
  }
}
