/** The way from the root to a folder; each part leads back to it. */
import { Anchor, Breadcrumbs, Text } from '@mantine/core';

export function FolderCrumbs({
  path,
  root,
  onGo,
}: Readonly<{ path: string; root: string; onGo: (path: string) => void }>) {
  const crumbs = crumbsOf(path, root);
  return (
    <Breadcrumbs separatorMargin={4} style={{ flexWrap: 'wrap', rowGap: 2 }} aria-label="Folder" component="nav">
      {crumbs.map((crumb, index) =>
        index === crumbs.length - 1 ? (
          <Text key={crumb.path} size="sm" fw={600} aria-current="location">
            {crumb.name}
          </Text>
        ) : (
          <Anchor key={crumb.path} component="button" type="button" size="sm" onClick={() => onGo(crumb.path)}>
            {crumb.name}
          </Anchor>
        ),
      )}
    </Breadcrumbs>
  );
}

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
