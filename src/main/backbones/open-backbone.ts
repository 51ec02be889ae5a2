/** The model family of a bundle, opened. */
import type { Bundle } from '../../shared/bundle.ts';
import type { Backbone } from './backbone.ts';
import { openChameleon } from './chameleon/backbone.ts';
import { openQwen2Vl } from './qwen2-vl/backbone.ts';

/** Fails as the family does where its tokenizer or its template cannot be read. */
export const openBackbone = (folder: string, bundle: Bundle): Promise<Backbone> =>
  bundle.architecture === 'chameleon' ? openChameleon(folder, bundle) : openQwen2Vl(folder, bundle);
