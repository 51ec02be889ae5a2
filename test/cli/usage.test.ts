/** Wrong usage, help, and failures as they reach a user or a script. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/main/cli/program.ts';
import type { RunInSession } from '../../src/main/cli/session.ts';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const dataFolder = await newFolder();
const run = (...args: string[]) => runPenumbra(args, { dataFolder });

describe('help', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('lists every command', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const name of [
      'dataset',
      'model',
      'eval',
      'predictions',
      'runs',
      'export',
      'demo',
      'serve',
      'doctor',
      'bench',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  it('shows examples and the options that every command has', async () => {
    const { code, stdout } = await run('eval', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('--store <file>');
    expect(stdout).toContain('--json');
  });
});

describe('wrong usage', () => {
  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([
    { args: [] },
    { args: ['nonsense'] },
    { args: ['dataset'] },
    { args: ['dataset', 'inspect', 'a', 'b'] },
    { args: ['eval', '--dataset', 'a'] },
    { args: ['eval', '--dataset', 'a', '--model', 'b', '--latent-steps', 'many'] },
    { args: ['eval', '--dataset', 'a', '--model', 'b', '--patches', '-1'] },
    { args: ['eval', '--dataset', 'a', '--model', 'b', '--method', 'magic'] },
    { args: ['eval', '--dataset', 'a', '--model', 'b', '--force-patches', '1:x'] },
    { args: ['eval', '--dataset', 'a', '--model', 'b', '--limit', '0'] },
    { args: ['model', 'import', 'a', '--out', 'b', '--precision', 'f8'] },
    { args: ['model', 'import', 'a', '--out', 'b', '--lora-alpha', 'x'] },
    { args: ['model', 'import', 'a', '--out', 'b', '--lora-alpha', '0'] },
    { args: ['serve', '--port', '65536'] },
    { args: ['runs', 'resume', 'x', '--engines', '1.5'] },
    { args: ['runs', 'resume', 'x', '--limit', '5'] },
    { args: ['runs', 'list', '--unknown'] },
  ])('$args is refused before anything is done', async ({ args }) => {
    const work = vi.fn<RunInSession>();
    await expect(createProgram(work).parseAsync(args, { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
    expect(work).not.toHaveBeenCalled();
  });

  it('ends with exit code 2, a message and no stack', async () => {
    const { code, stdout, stderr } = await run('dataset', 'inspect');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("missing required argument 'dir'");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('says that a run goes on with its settings', async () => {
    const { code, stderr } = await run('runs', 'resume', 'some-run', '--device', 'cpu');
    expect(code).toBe(2);
    expect(stderr).toContain("option '--device <name>'");
    expect(stderr).toContain('only --engines and --gpus can be others');
    expect((await run('runs', 'resume', '--help')).stdout).not.toContain('--device');
  });

  it('is a document with --json', async () => {
    const { code, stdout } = await run('eval', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'wrong-usage', message: expect.any(String) as string } });
  });

  it('says what an export needs', async () => {
    const { code, stderr } = await run('export', 'some-run');
    expect(code).toBe(2);
    expect(stderr).toContain('--questions');
  });
});

describe('failures', () => {
  it('name the file and what to do, without a stack', async () => {
    const { code, stdout, stderr } = await run('dataset', 'inspect', join(dataFolder, 'nowhere'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain('nowhere');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('are one document with --json', async () => {
    const { code, stdout, stderr } = await run('model', 'inspect', join(dataFolder, 'nowhere'), '--json');
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: expect.any(String) as string } });
  });
});

describe('a store that is not there', () => {
  it.each([
    ['runs', 'list'],
    ['runs', 'show', 'x'],
    ['runs', 'compare', 'x', 'y'],
    ['runs', 'compare', 'x', 'y', 'z'],
    ['runs', 'rescore', 'x', '--scorer', 'm3cot'],
    ['runs', 'verify', 'x'],
    ['runs', 'pack', 'x', 'packed'],
    ['runs', 'delete', 'x'],
    ['export', 'x', '--questions', 'q.csv'],
  ])('is not made by %s %s', async (...args) => {
    const folder = await newFolder();
    const store = join(folder, 'missing', 'typo.db');
    const { code, stdout } = await runPenumbra([...args, '--store', store, '--json'], { dataFolder, cwd: folder });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'not-found', file: store } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is an empty list where it is the default one', async () => {
    const { code, stdout } = await runPenumbra(['runs', 'list', '--json'], { dataFolder: await newFolder() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [] });
  });
});
