/** The packaging's configuration: valid by electron-builder's own schema, safe fuses, and files that there are. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/run-penumbra.ts';

type ConfigModule = Readonly<{
  getConfig: (project: string, file: string, options: null) => Promise<Configuration>;
  validateConfiguration: (
    configuration: unknown,
    log: Readonly<{ isEnabled: boolean; add: () => void }>,
  ) => Promise<void>;
}>;
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { getConfig, validateConfiguration } = builder('app-builder-lib/out/util/config/config') as ConfigModule;
const configuration = await getConfig(repositoryRoot, 'electron-builder.yml', null);
const log = { isEnabled: false, add: () => undefined };

describe('electron-builder.yml', () => {
  it('is valid, and the check can say otherwise', async () => {
    await validateConfiguration(configuration, log);
    await expect(
      validateConfiguration({ ...configuration, linux: { target: ['paper'], colour: 1 } }, log),
    ).rejects.toThrow(/configuration\.linux/);
  });

  it('lets the packaged program be nothing but itself', () => {
    expect(configuration.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
  });

  it('names only packages that there are', () => {
    const patterns = [configuration.files, configuration.asarUnpack, configuration.linux?.files].flat();
    const folders = patterns.flatMap((pattern) => {
      const [, name] = typeof pattern === 'string' ? (/^!?node_modules\/([@\w-]+)\//.exec(pattern) ?? []) : [];
      return name === undefined ? [] : [name];
    });
    expect(folders).toContain('onnxruntime-node');
    expect(folders.filter((name) => !existsSync(join(repositoryRoot, 'node_modules', name)))).toEqual([]);
  });
});
