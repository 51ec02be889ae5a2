/** Entry of the engine's process: serves requests from the channel that started it, and ends with it. */
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngineLink } from '../engine/engine-link.ts';
import { serveEngine } from '../engine/engine-server.ts';
import { createImageThreads } from '../engine/images-ahead.ts';
import { layerAttention } from './layer-attention.ts';
import { reasoningMethods } from './methods.ts';
import { imageJobs } from './prompted-question.ts';

const here = fileURLToPath(import.meta.url);
/** Its bundle lies beside this one's. */
const threadEntry = here.endsWith('.ts')
  ? join(dirname(here), '..', 'engine', 'image-thread.ts')
  : join(dirname(here), `image-thread${extname(here)}`);
const threads = createImageThreads({ entry: threadEntry });

void openEngineLink().then((link) =>
  serveEngine(link, {
    answer: (model, settings, questions, ahead) =>
      reasoningMethods[settings.method].answer(model, settings, questions, ahead),
    prepare: ({ backbone }, settings, questions) => {
      const { imageSizing } = reasoningMethods[settings.method];
      return threads.prepare(questions.flatMap((question) => imageJobs(backbone, imageSizing, question)));
    },
    layerAttention,
  }),
);
