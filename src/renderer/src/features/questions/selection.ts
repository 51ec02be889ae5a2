/**
 * Which questions are selected: some by id, or everything that the filter lets through. The second is never spelt
 * out: it may be tens of thousands.
 */
export type Selection = Readonly<{ kind: 'some'; ids: ReadonlySet<string> }> | Readonly<{ kind: 'all' }>;

/** As many as one request may name; more are selected by their filter. */
export const selectionLimit = 10_000;

export const nothing: Selection = { kind: 'some', ids: new Set() };

export function isSelected(selection: Selection, sampleId: string): boolean {
  return selection.kind === 'all' || selection.ids.has(sampleId);
}

export function toggled(selection: Selection, sampleId: string): Selection {
  if (selection.kind === 'all') return selection;
  const ids = new Set(selection.ids);
  if (!ids.delete(sampleId)) ids.add(sampleId);
  return ids.size > selectionLimit ? selection : { kind: 'some', ids };
}

/** With all of these too (a range); what would exceed the limit is left out. */
export function withIds(selection: Selection, sampleIds: readonly string[]): Selection {
  if (selection.kind === 'all') return selection;
  const ids = new Set(selection.ids);
  for (const id of sampleIds) if (ids.size < selectionLimit) ids.add(id);
  return { kind: 'some', ids };
}

/** @param total of the filter */
export function selectedCount(selection: Selection, total: number): number {
  return selection.kind === 'all' ? total : selection.ids.size;
}

/** The filter that names the selection in addresses and requests. */
export function selectionTerms(selection: Selection, where: readonly string[]): string[] {
  return selection.kind === 'all' ? [...where] : [...selection.ids].map((id) => `sample=${id}`);
}
