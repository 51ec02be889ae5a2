/** The filter of a page as `field=value` terms: one value a field here, several fields together. */

/** The value that a filter has for a field. */
export function valueOf(where: readonly string[], field: string): string | null {
  const term = where.find((candidate) => candidate.startsWith(`${field}=`));
  return term === undefined ? null : term.slice(field.length + 1);
}

/** The filter with some fields replaced; null removes a field. */
export function withFields(where: readonly string[], fields: Readonly<Record<string, string | null>>): string[] {
  const kept = where.filter((term) => !Object.keys(fields).some((field) => term.startsWith(`${field}=`)));
  const added = Object.entries(fields).flatMap(([field, value]) => (value === null ? [] : [`${field}=${value}`]));
  return [...kept, ...added];
}

const levels = ['domain', 'topic', 'category'] as const;

/** The fields of a node of the category tree; what lies deeper is removed. */
export function categoryFields(path: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(levels.map((level, index) => [level, path[index] ?? null]));
}

/** The node of the category tree that a filter names. */
export function categoryPath(where: readonly string[]): string[] {
  const path: string[] = [];
  for (const level of levels) {
    const value = valueOf(where, level);
    if (value === null) break;
    path.push(value);
  }
  return path;
}
