/**
 * Pages and parts of pages that load when they are first needed. One that cannot be fetched is no fault of the program:
 * the server is gone, or the browser has no access any more. Its place then says so; only loading the whole page helps.
 */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { LostPage, LostPart } from './lost-page.tsx';

type Load<Props extends object> = () => Promise<{ default: ComponentType<Props> }>;

/** As React's `lazy`, for a whole page. */
export const lazyPage = <Props extends object>(load: Load<Props>): LazyExoticComponent<ComponentType<Props>> =>
  lazy(() => load().catch(() => ({ default: LostPage })));

/** As React's `lazy`, for a part: the rest of the page stays when it cannot be fetched. */
export const lazyPart = <Props extends object>(load: Load<Props>): LazyExoticComponent<ComponentType<Props>> =>
  lazy(() => load().catch(() => ({ default: LostPart })));
