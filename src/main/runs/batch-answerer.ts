/**
 * Gets a batch answered in spite of crashes. A batch that takes the engine down is asked again in halves, down to
 * single questions. A question is given up at its second crash, alone by then: the system may have ended the engine
 * for another program's sake. One such question is a fact about that question; three in a row with nothing answered
 * between them say that the engine or the machine is at fault (crash-ledger.ts counts, over all engines of the run):
 * then the run pauses, and those questions stay unanswered. If they do it again after a resume, they are recorded as
 * failed.
 */
import { PenumbraFailure, failureOf, type Failure } from '../../shared/failure.ts';
import { predictionSchema, type Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { CrashAccount } from './crash-ledger.ts';
import type { EngineUse } from './engine-desk.ts';
import { isWorthRetrying } from './engine-exit.ts';
import { EngineUnusable } from './engine-supervisor.ts';
import type { FedQuestion } from './question-feed.ts';

export type AnsweredQuestion = Readonly<{ question: FedQuestion; prediction: Prediction }>;

/** The run cannot go on now; `positions` are the questions during which the engine crashed. */
export class CrashStreak extends PenumbraFailure {
  readonly positions: readonly number[];

  constructor(failure: Failure, positions: readonly number[]) {
    super(failure);
    this.positions = positions;
  }
}

export type BatchAnswererOptions = Readonly<{
  engine: EngineUse;
  settings: RunSettings;
  crashes: CrashAccount;
  /** Told the most questions that are asked together from now on, whenever memory runs out. */
  onLimit?: (batchLimit: number) => Promise<void>;
  /** Called for every part of a batch as soon as it is answered. */
  record: (answered: readonly AnsweredQuestion[]) => Promise<void>;
}>;

export class BatchAnswerer {
  readonly #options: BatchAnswererOptions;
  /** Given up since the last answer; recorded once an answer shows that the engine itself is sound. */
  #givenUp: AnsweredQuestion[] = [];

  constructor(options: BatchAnswererOptions) {
    this.#options = options;
  }

  /** Most questions that are asked together by now. */
  get batchLimit(): number {
    return this.#options.crashes.batchLimit();
  }

  /** Fails: `CrashStreak`, `EngineUnusable`, and whatever is wrong with the request itself. */
  async answer(questions: readonly FedQuestion[]): Promise<void> {
    await this.#answer(questions, false);
  }

  /** @param hasCrashed an engine has already ended while it worked on these questions */
  async #answer(questions: readonly FedQuestion[], hasCrashed: boolean): Promise<void> {
    if (questions.length === 0) return;
    const { engine, settings, crashes } = this.#options;
    if (questions.length > crashes.batchLimit()) {
      await this.#inHalves(questions, hasCrashed);
      return;
    }
    try {
      const predictions = await engine.answer(
        settings,
        questions.map(({ question }) => question),
      );
      await this.#recordAnswered(questions, predictions);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined || error instanceof EngineUnusable || !isWorthRetrying(failure)) throw error;
      // A graphics driver without memory may give up the device instead of saying so; only the former is worth keeping.
      if (failure.kind === 'out-of-memory' || failure.kind === 'device-lost') {
        crashes.wasTooLarge(questions.length);
        if (failure.kind === 'out-of-memory') await this.#options.onLimit?.(crashes.batchLimit());
      }
      const [only, second] = questions;
      if (only === undefined || second !== undefined) await this.#inHalves(questions, true);
      else if (hasCrashed || crashes.isSuspect(only.planned.position)) await this.#giveUp(only, failure);
      else await this.#answer(questions, true);
    }
  }

  /** Records what was given up at the end of the plan, where no later answer can vouch for the engine. */
  async finish(): Promise<void> {
    await this.#options.record(this.#givenUp);
    this.#givenUp = [];
  }

  async #inHalves(questions: readonly FedQuestion[], hasCrashed: boolean): Promise<void> {
    const middle = Math.ceil(questions.length / 2);
    await this.#answer(questions.slice(0, middle), hasCrashed);
    await this.#answer(questions.slice(middle), hasCrashed);
  }

  async #recordAnswered(questions: readonly FedQuestion[], predictions: readonly Prediction[]): Promise<void> {
    const answered = questions.map((question, index) => ({
      question,
      prediction: checkedPrediction(question.question.sampleId, predictions[index]),
    }));
    this.#options.crashes.answered();
    await this.#options.record([...this.#givenUp, ...answered]);
    this.#givenUp = [];
  }

  async #giveUp(question: FedQuestion, failure: Failure): Promise<void> {
    const { crashes, record } = this.#options;
    const failed = { question, prediction: failedPrediction(question, failure) };
    const { position } = question.planned;
    if (crashes.isSuspect(position)) {
      await record([failed]);
      return;
    }
    this.#givenUp.push(failed);
    const atFault = crashes.gaveUp(position);
    if (atFault !== null) throw new CrashStreak(failure, atFault);
  }
}

const failedPrediction = ({ question }: FedQuestion, failure: Failure): Prediction => ({
  status: 'failed',
  sampleId: question.sampleId,
  failure,
});

/** The engine is another process: what it says is checked before it is stored. */
export function checkedPrediction(sampleId: string, prediction: Prediction | undefined): Prediction {
  const parsed = predictionSchema.safeParse(prediction);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return {
    status: 'failed',
    sampleId,
    failure: {
      kind: 'engine-crashed',
      message: 'The engine gave an answer that makes no sense.',
      place: issue?.path.join('.') ?? '',
      found: issue?.message ?? '',
    },
  };
}
