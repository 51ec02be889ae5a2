/** Questions of runs, and saved views. */
import type { QuestionService, ViewService } from '../../api/services.ts';
import type { ServiceParts } from './service-parts.ts';
import { unbuilt } from './unbuilt.ts';

export function createQuestionService({ open }: ServiceParts): QuestionService {
  const runs = async () => (await open()).runs;
  return {
    list: async (input) => (await runs()).listQuestions(input),
    facets: unbuilt,
    get: async (input) => (await runs()).getQuestion(input),
    tag: unbuilt,
    tags: unbuilt,
    note: unbuilt,
    try: unbuilt,
    deleteProbe: unbuilt,
    layerAttention: unbuilt,
  };
}

export const createViewService = (_parts: ServiceParts): ViewService => ({
  list: unbuilt,
  save: unbuilt,
  delete: unbuilt,
});
