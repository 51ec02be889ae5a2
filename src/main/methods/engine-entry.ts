/** Entry of the engine's process: serves requests from the channel that started it, and ends with it. */
import { serveEngine } from '../engine/engine-server.ts';
import { reasoningMethods } from './methods.ts';

serveEngine((model, settings, questions) => reasoningMethods[settings.method].answer(model, settings, questions));
