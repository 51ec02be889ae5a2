/** Entry of the engine's process: serves requests from the channel that started it, and ends with it. */
import { openEngineLink } from '../engine/engine-link.ts';
import { serveEngine } from '../engine/engine-server.ts';
import { layerAttention } from './layer-attention.ts';
import { reasoningMethods } from './methods.ts';

void openEngineLink().then((link) =>
  serveEngine(link, {
    answer: (model, settings, questions) => reasoningMethods[settings.method].answer(model, settings, questions),
    layerAttention,
  }),
);
