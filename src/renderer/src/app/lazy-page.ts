/**
 * Parts of the page that load when they are first needed. One that cannot be fetched is no fault of the program: the
 * server is gone, or the browser has no access any more.
 */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** Thrown while drawing a part that could not be fetched; React keeps it, only loading the whole page helps. */
export class PageNotLoaded extends Error {}

/** As React's `lazy`; a failed fetch is thrown as `PageNotLoaded`. */
export function lazyPage<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() =>
    load().catch((error: unknown) => {
      throw new PageNotLoaded('a part of the page could not be fetched', { cause: error });
    }),
  );
}
