/** The way from the root to a folder; each part leads back to it. */
import { Anchor, Breadcrumbs, Text } from '@mantine/core';
import { crumbsOf } from './crumbs.ts';

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
