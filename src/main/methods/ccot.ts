/** CCoT (arXiv 2311.17076): a scene graph of what matters to the question, then the answer with it. */
import type { Remark } from '../../shared/trace.ts';
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { ccotAnswerPrompt, ccotSceneGraphPrompt } from './prompts/ccot.ts';
import { userTurn, type Reply } from './reasoning.ts';

/** As in the published code. */
const sceneGraphTokens = 256;

export const ccot: ReasoningMethod = {
  name: 'ccot',
  title: 'CCoT',
  summary: 'One call writes a scene graph of what matters to the question, another answers with it.',
  isLatent: false,
  ...conversation(async function* ({ question, settings, images }) {
    const sceneGraph = yield {
      purpose: 'scene graph',
      messages: [userTurn(images, ccotSceneGraphPrompt(question))],
      maxTokens: Math.min(sceneGraphTokens, settings.maxTokens),
    };
    const messages = [userTurn(images, ccotAnswerPrompt(question, sceneGraph.text))];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text, remarks: remarksOn(sceneGraph) };
  }),
};

/** The scene graph is handed on as it is; that it is no JSON is worth knowing. */
function remarksOn({ text, callIndex }: Reply): Remark[] {
  const content = text.replace(/^\s*```(?:json)?/u, '').replace(/```\s*$/u, '');
  try {
    JSON.parse(content);
    return [];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ kind: 'malformed-json', callIndex, found: `scene graph: ${found}` }];
  }
}
