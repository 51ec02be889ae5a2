/** The path with a leading home folder written `~`. */
export function shortPath(path: string, home: string | null): string {
  if (home === null || home.length < 2 || !path.startsWith(home)) return path;
  const rest = path.slice(home.length);
  return rest === '' || /^[\\/]/.test(rest) ? `~${rest}` : path;
}
