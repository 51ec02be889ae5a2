/**
 * A checkpoint's chat template (Jinja): where it is kept, and rendering messages with it as transformers'
 * `apply_chat_template` does, generation prompt included.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';

export type MessagePart = Readonly<{ type: 'image' } | { type: 'text'; text: string }>;
export type Message = Readonly<{ role: 'system' | 'user' | 'assistant'; content: string | readonly MessagePart[] }>;

/** One template, or several by name, of which `default` counts. */
const templateSchema = z.union([
  z.string().min(1),
  z.array(z.object({ name: z.string(), template: z.string() })).transform((list, context) => {
    const found = list.find(({ name }) => name === 'default')?.template;
    if (found === undefined) context.addIssue({ code: 'custom', message: 'no template named default' });
    return found ?? '';
  }),
]);
const holderSchema = z.object({ chat_template: templateSchema.optional() });

/** Files of a checkpoint that may hold the template, in the order in which transformers prefers them. */
const holders = ['chat_template.jinja', 'chat_template.json', 'tokenizer_config.json'];

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return fail('io', 'A file of the checkpoint cannot be read.', { file: path, found: code });
  }
}

function templateInJson(path: string, text: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    fail('malformed-config', 'A file of the checkpoint is not JSON.', {
      file: path,
      found: error instanceof Error ? error.message : String(error),
    });
  }
  const parsed = holderSchema.safeParse(json);
  if (parsed.success) return parsed.data.chat_template;
  return fail('malformed-config', 'The chat template is not usable.', {
    file: path,
    place: 'chat_template',
    expected: 'a template, or a list of named ones with one called default',
    found: parsed.error.issues[0]?.message ?? 'something else',
  });
}

/**
 * The template of a checkpoint's folder: chat_template.jinja, chat_template.json or tokenizer_config.json. Fails
 * with `missing-file` where none of them has one, `malformed-config` where a file is broken.
 */
export async function findChatTemplate(folder: string): Promise<string> {
  for (const name of holders) {
    const path = join(folder, name);
    const text = await readIfThere(path);
    if (text === null) continue;
    const template = name.endsWith('.jinja') ? text : templateInJson(path, text);
    if (template !== undefined) return template;
  }
  return fail('missing-file', 'The checkpoint has no chat template.', {
    file: join(folder, 'chat_template.jinja'),
    expected: holders.join(', or chat_template in '),
    action: "Copy chat_template.json from the base model's folder.",
  });
}

/** Templates compiled so far; a process uses one or two. */
const compiled = new Map<string, Template>();

/** Renders messages up to where the answer starts. Fails with `malformed-config` where the template does not run. */
export function renderPrompt(template: string, messages: readonly Message[]): string {
  try {
    const runnable = compiled.get(template) ?? new Template(template);
    compiled.set(template, runnable);
    return runnable.render({ messages, add_generation_prompt: true });
  } catch (error) {
    return fail('malformed-config', 'The chat template cannot be rendered.', {
      place: 'chat template',
      found: error instanceof Error ? error.message : String(error),
      action: "Import the model again with the base model's chat template.",
    });
  }
}
