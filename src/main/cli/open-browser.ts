/** Whether there is a browser to open here, and opening it. Over SSH the page is reached through a forward. */
import { spawn } from 'node:child_process';
import { hostname, userInfo } from 'node:os';

type Surroundings = Readonly<{ platform: NodeJS.Platform; env: NodeJS.ProcessEnv }>;

const here = (): Surroundings => ({ platform: process.platform, env: process.env });

export function isOverSsh({ env }: Surroundings = here()): boolean {
  return [env['SSH_CONNECTION'], env['SSH_CLIENT'], env['SSH_TTY']].some(
    (value) => value !== undefined && value !== '',
  );
}

/** The command with which the user's own machine reaches `port` here. */
export function forwardCommand(port: number): string {
  return `ssh -L ${String(port)}:localhost:${String(port)} ${userInfo().username}@${hostname()}`;
}

/** The command that opens an address, or null where nobody would see it. */
export function openCommand(surroundings: Surroundings = here()): readonly [string, ...string[]] | null {
  const { platform, env } = surroundings;
  if (isOverSsh(surroundings) || (env['CI'] ?? '') !== '') return null;
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  if (platform === 'darwin') return ['open'];
  return (env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '' ? null : ['xdg-open'];
}

/** Opens the address in the user's browser; where that fails the printed address remains. */
export function openBrowser(address: string): void {
  const command = openCommand();
  if (command === null) return;
  const [program, ...args] = command;
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
