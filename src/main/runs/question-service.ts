/** What the faces can do with the questions of a run: list, count, look at, annotate, answer again. */
import type { Probe, QuestionDetail, QuestionRow } from '../../shared/contract/questions.ts';
import type { QuestionFacets } from '../store/questions/question-facets.ts';
import type { Store } from '../store/store.ts';
import { noteQuestion, type TagInput } from './annotate-questions.ts';
import { deleteProbe } from './probes.ts';
import type { LayerAttentionResult, QuestionInput, QuestionProber, TryInput } from './question-prober.ts';
import type { GetQuestionInput, ListQuestionsInput, ScopeInput } from './question-reads.ts';
import type { StoreReader } from './reader/store-reader.ts';

export type QuestionService = Readonly<{
  listQuestions: (input: ListQuestionsInput, signal?: AbortSignal) => Promise<{ rows: QuestionRow[]; total: number }>;
  /** Counts under a filter. */
  countQuestions: (input: ScopeInput, signal?: AbortSignal) => Promise<QuestionFacets>;
  /** `imageUrl` is relative: `image/{runId}/{sampleId}`, both URI-encoded; serve it with `readRunImage`. */
  getQuestion: (input: GetQuestionInput, signal?: AbortSignal) => Promise<QuestionDetail>;
  tagQuestions: (input: TagInput) => Promise<{ changed: number }>;
  noteQuestion: (input: Readonly<{ runId: string; sampleId: string; note: string }>) => { note: string };
  /** Answers one question again with other settings, ahead of a run's next batch. */
  tryQuestion: (input: TryInput, signal: AbortSignal) => Promise<Probe>;
  deleteProbe: (input: Readonly<{ probeId: string }>) => Promise<{ probeId: string }>;
  layerAttention: (input: QuestionInput, signal: AbortSignal) => Promise<LayerAttentionResult>;
}>;

export type QuestionServiceParts = Readonly<{
  store: Store;
  reader: StoreReader;
  prober: QuestionProber;
  /** Scores what the scope needs; returns how large its run is. */
  prepare: (scope: ScopeInput) => Promise<number>;
  /** Changes tags of any number of questions, all or nothing. */
  tag: (input: TagInput) => Promise<{ changed: number }>;
}>;

export function createQuestionService({ store, reader, prober, prepare, tag }: QuestionServiceParts): QuestionService {
  return {
    listQuestions: async (input, signal) => reader.read('listQuestions', input, await prepare(input), signal),
    countQuestions: async (input, signal) => reader.read('countQuestions', input, await prepare(input), signal),
    getQuestion: async (input, signal) => reader.read('getQuestion', input, await prepare(input), signal),
    tagQuestions: (input) => tag(input),
    noteQuestion: (input) => noteQuestion(store, input),
    tryQuestion: (input, signal) => prober.tryQuestion(input, signal),
    deleteProbe: async ({ probeId }) => {
      deleteProbe(store, probeId);
      return { probeId };
    },
    layerAttention: (input, signal) => prober.layerAttention(input, signal),
  };
}
