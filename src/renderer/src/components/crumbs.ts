/** The root in full, then one part for each folder below it. */
export function crumbsOf(path: string, root: string): { name: string; path: string }[] {
  const separator = root.includes('\\') ? '\\' : '/';
  const below = path.slice(root.length).split(separator).filter(Boolean);
  const base = root.endsWith(separator) ? root.slice(0, -1) : root;
  return [
    { name: root, path: root },
    ...below.map((name, index) => ({ name, path: [base, ...below.slice(0, index + 1)].join(separator) })),
  ];
}
