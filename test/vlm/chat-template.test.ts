/** Chat templates found and rendered as transformers does it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChatTemplate, renderPrompt } from '../../src/main/vlm/chat-template.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { checkpointFolder, readGoldenJson } from './vlm-golden.ts';

const partSchema = z.union([
  z.object({ type: z.literal('image') }),
  z.object({ type: z.literal('text'), text: z.string() }),
]);
const golden = readGoldenJson(
  z.object({
    templates: z.object({ own: z.string(), numbered: z.string() }),
    renders: z.array(
      z.object({
        template: z.enum(['own', 'numbered']),
        messages: z.array(
          z.object({
            role: z.enum(['system', 'user', 'assistant']),
            content: z.union([z.string(), z.array(partSchema)]),
          }),
        ),
        text: z.string(),
      }),
    ),
  }),
  'prompts.json',
);

const temporaryFolder = temporaryFolders();

describe('renderPrompt', () => {
  it.each(golden.renders)('renders $template with $messages.length messages', ({ template, messages, text }) => {
    expect(renderPrompt(golden.templates[template], messages)).toBe(text);
  });

  it.each(['{% for %}', '{{ unclosed', '{{ raise_exception("no") }}'])('refuses %s', async (template) => {
    await expectFailure(() => renderPrompt(template, [{ role: 'user', content: 'x' }]), 'malformed-config');
  });
});

describe('findChatTemplate', () => {
  async function folderWith(files: Record<string, string>): Promise<string> {
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  it('reads a .jinja file and a .json file', async () => {
    expect(await findChatTemplate(join(checkpointFolder, 'tiny-tied'))).toBe(golden.templates.own);
    expect(await findChatTemplate(join(checkpointFolder, 'tiny-untied'))).toBe(golden.templates.own);
  });

  it('reads the tokenizer configuration, also a list of named templates', async () => {
    const one = await folderWith({ 'tokenizer_config.json': JSON.stringify({ chat_template: 'T' }) });
    expect(await findChatTemplate(one)).toBe('T');
    const list = [
      { name: 'tools', template: 'A' },
      { name: 'default', template: 'B' },
    ];
    const named = await folderWith({ 'tokenizer_config.json': JSON.stringify({ chat_template: list }) });
    expect(await findChatTemplate(named)).toBe('B');
  });

  it('prefers the file of its own', async () => {
    const folder = await folderWith({
      'chat_template.json': JSON.stringify({ chat_template: 'mine' }),
      'tokenizer_config.json': JSON.stringify({ chat_template: 'other' }),
    });
    expect(await findChatTemplate(folder)).toBe('mine');
  });

  it('refuses a folder without one', async () => {
    const folder = await folderWith({ 'tokenizer_config.json': '{}' });
    const failure = await expectFailure(() => findChatTemplate(folder), 'missing-file');
    expect(failure.file).toBe(join(folder, 'chat_template.jinja'));
    await expectFailure(() => findChatTemplate(join(folder, 'nowhere')), 'missing-file');
  });

  it.each(['{', '{"chat_template": 5}', '{"chat_template": [{"name": "tools", "template": "x"}]}'])(
    'refuses %s',
    async (content) => {
      const folder = await folderWith({ 'chat_template.json': content });
      await expectFailure(() => findChatTemplate(folder), 'malformed-config');
    },
  );
});
