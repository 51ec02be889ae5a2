/** Where the window has to scroll so that an item is seen between what sticks at its top and its lower edge. */

export type Extent = Readonly<{ top: number; bottom: number }>;

/** Pixels left free around a revealed item. */
const margin = 8;

/**
 * @param item in coordinates of the document
 * @param window its scroll, its height, and where what sticks at its top ends
 * @returns the new scroll, or null where the item is seen already
 */
export function scrollToReveal(
  item: Extent,
  { scrollY, height, stickyBottom }: Readonly<{ scrollY: number; height: number; stickyBottom: number }>,
): number | null {
  if (item.top < scrollY + stickyBottom) return Math.max(0, item.top - stickyBottom - margin);
  if (item.bottom > scrollY + height) return item.bottom - height + margin;
  return null;
}
