/** The PyTorch side as a process that answers one question at a time when asked (trainer/bench/recompute.py). */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startPython } from './python-process.ts';

const script = fileURLToPath(new URL('../../trainer/bench/recompute.py', import.meta.url));

const readySchema = z.object({ threads: z.int(), torch: z.string(), transformers: z.string() });
const answerSchema = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  visionSeconds: z.number(),
  latentSeconds: z.number(),
  answerSeconds: z.number(),
  promptTokenCount: z.int(),
  selectedSlots: z.array(z.array(z.int())),
  tokenIds: z.array(z.int()),
  outputText: z.string(),
});
export type PeerAnswer = z.infer<typeof answerSchema>;

export type RecomputePeer = Readonly<{
  versions: z.infer<typeof readySchema>;
  /** Answers the question of that index in the file, with so many threads; 0: PyTorch's own choice. */
  answer: (index: number, threadCount: number) => Promise<PeerAnswer>;
  close: () => void;
}>;

/** The running peer, or why there is none. */
export type StartedPeer = Readonly<{ peer: RecomputePeer; reason: null } | { peer: null; reason: string }>;

/** Starts it and waits until its model is loaded and its questions are preprocessed. */
export async function startRecomputePeer(python: string, questionsFile: string): Promise<RecomputePeer> {
  const { next, ask, close } = startPython(python, [script, questionsFile, '--serve']);
  return {
    versions: readySchema.parse(await next()),
    answer: async (index, threadCount) => answerSchema.parse(await ask(`${index} ${threadCount}`)),
    close,
  };
}
