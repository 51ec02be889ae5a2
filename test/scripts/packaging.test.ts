/** The packaging's configuration: valid by electron-builder's own schema, safe fuses, and files that there are. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import sharp from 'sharp';
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

  it('has icons: each as large as its name says, of the drawing that the page shows', async () => {
    const folder = join(repositoryRoot, configuration.linux?.icon ?? '');
    const drawing = join(repositoryRoot, 'src', 'renderer', 'src', 'icon.svg');
    const names = readdirSync(folder);
    expect(names).toHaveLength(8);
    for (const name of names) {
      const size = Number.parseInt(name, 10);
      expect(await sharp(join(folder, name)).metadata()).toMatchObject({ width: size, height: size, format: 'png' });
      const [icon, drawn] = await Promise.all(
        [join(folder, name), drawing].map((file) =>
          sharp(file, { density: (72 * size) / 32 })
            .resize(size, size)
            .flatten({ background: '#808080' })
            .raw()
            .toBuffer(),
        ),
      );
      let difference = 0;
      icon?.forEach((value, at) => (difference += Math.abs(value - (drawn?.[at] ?? 0))));
      expect(difference / (size * size * 3)).toBeLessThan(1);
    }
    for (const icon of [configuration.win?.icon, configuration.mac?.icon]) {
      expect(existsSync(join(repositoryRoot, typeof icon === 'string' ? icon : ''))).toBe(true);
      expect(icon).toMatch(/1024x1024\.png$/);
    }
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
