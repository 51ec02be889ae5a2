/** Entry of the engine's process: serves requests from the channel that started it, and ends with it. */
import { openEngineLink } from '../engine/engine-link.ts';
import { serveEngine } from '../engine/engine-server.ts';
import { reasoningMethods } from './methods.ts';

void openEngineLink().then((link) =>
  serveEngine(link, (model, settings, questions) =>
    reasoningMethods[settings.method].answer(model, settings, questions),
  ),
);
