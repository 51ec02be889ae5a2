import { describe, expect, it } from 'vitest';
import { defaultStorePath } from '../../src/main/store/default-path.ts';

describe.skipIf(process.platform === 'win32')('default place of the store (POSIX paths)', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/share/penumbra/penumbra.sqlite'],
    ['linux', { XDG_DATA_HOME: '/data/ada' }, '/data/ada/penumbra/penumbra.sqlite'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/penumbra/penumbra.sqlite'],
    ['linux', { XDG_DATA_HOME: '' }, '/home/ada/.local/share/penumbra/penumbra.sqlite'],
    ['darwin', { XDG_DATA_HOME: '/x' }, '/home/ada/Library/Application Support/Penumbra/penumbra.sqlite'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Penumbra/penumbra.sqlite'],
    ['win32', {}, '/home/ada/AppData/Roaming/Penumbra/penumbra.sqlite'],
  ] as const)('%s with %o', (platform, env, path) => {
    expect(defaultStorePath({ platform, env, home: '/home/ada' })).toBe(path);
  });
});
