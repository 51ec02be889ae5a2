/** Where a browser is opened, and where only the address is printed. */
import { describe, expect, it } from 'vitest';
import { forwardCommand, isOverSsh, openCommand } from '../../src/main/cli/open-browser.ts';

const linux = (env: NodeJS.ProcessEnv) => openCommand({ platform: 'linux', env });

describe('openCommand', () => {
  it('opens on a desktop', () => {
    expect(linux({ DISPLAY: ':0' })).toEqual(['xdg-open']);
    expect(linux({ WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
    expect(openCommand({ platform: 'darwin', env: {} })).toEqual(['open']);
    expect(openCommand({ platform: 'win32', env: {} })?.[0]).toBe('rundll32');
  });

  it('opens nothing without a display, over SSH and in CI', () => {
    expect(linux({})).toBeNull();
    expect(linux({ DISPLAY: ':0', SSH_CONNECTION: '10.0.0.2 5000 10.0.0.1 22' })).toBeNull();
    expect(openCommand({ platform: 'darwin', env: { SSH_TTY: '/dev/ttys001' } })).toBeNull();
    expect(linux({ DISPLAY: ':0', CI: 'true' })).toBeNull();
  });
});

describe('over SSH', () => {
  it('is known by any of its variables', () => {
    expect(isOverSsh({ platform: 'linux', env: { SSH_CLIENT: 'x' } })).toBe(true);
    expect(isOverSsh({ platform: 'linux', env: { SSH_TTY: '' } })).toBe(false);
  });

  it('gives the forward to type', () => {
    expect(forwardCommand(4680)).toMatch(/^ssh -L 4680:localhost:4680 \S+@\S+$/);
  });
});
