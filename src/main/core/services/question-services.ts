/** Questions of runs, and saved views. */
import type { QuestionService, ViewService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';

export function createQuestionService({ open, live }: ServiceParts): QuestionService {
  const runs = async () => (await open()).runs;
  return {
    list: async (input, signal) => (await runs()).listQuestions(input, signal),
    facets: async (input, signal) => (await runs()).countQuestions(input, signal),
    get: async (input, signal) => (await runs()).getQuestion(input, signal),
    tag: async (input) => (await runs()).tagQuestions(input),
    tags: async () => ({ tags: [...(await open()).store.annotations.tags()] }),
    note: async (input) => (await runs()).noteQuestion(input),
    try: async (input, signal) => {
      const probe = await (await runs()).tryQuestion(input, signal);
      live.publish({ kind: 'annotations' });
      return probe;
    },
    deleteProbe: async (input) => {
      const deleted = await (await runs()).deleteProbe(input);
      live.publish({ kind: 'annotations' });
      return deleted;
    },
    layerAttention: async (input, signal) => (await runs()).layerAttention(input, signal),
  };
}

export function createViewService({ open }: ServiceParts): ViewService {
  const annotations = async () => (await open()).store.annotations;
  return {
    list: async () => ({ views: (await annotations()).views() }),
    save: async ({ name, query }) => (await annotations()).saveView(name, query),
    delete: async ({ name }) => {
      (await annotations()).deleteView(name);
      return { name };
    },
  };
}
