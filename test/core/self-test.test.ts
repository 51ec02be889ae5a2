/** The self-test on this machine, and that it does fail where something is wrong. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { programFiles } from '../../src/main/core/program-files.ts';
import {
  findDifference,
  readExpectation,
  runSelfTest,
  type SelfTestExpectation,
} from '../../src/main/core/self-test.ts';
import { createForkEngineHost } from '../../src/main/runs/engine-host.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import { absentDevice } from '../support/absent-device.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { withoutCalls } from '../../src/shared/trace.ts';

const newFolder = temporaryFolders();
const host = createForkEngineHost({ entry: programFiles.engineEntry });

describe('the self-test', () => {
  it('passes on the CPU and leaves nothing behind', async () => {
    const temporary = await newFolder();
    vi.stubEnv(process.platform === 'win32' ? 'TEMP' : 'TMPDIR', temporary);
    const result = await runSelfTest('cpu', host, programFiles.selfTest).finally(() => vi.unstubAllEnvs());
    expect(result).toMatchObject({ passed: true, detail: expect.stringMatching(/^equals the reference \(\d+ ms\)$/) });
    expect(result.onnxruntimeVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('fails, with the reason, where the weights are others than the reference had', async () => {
    const folder = join(await newFolder(), 'self-test');
    await cp(programFiles.selfTest, folder, { recursive: true });
    const file = join(folder, 'checkpoint', 'config.json');
    const config = await readFile(file, 'utf8');
    await writeFile(file, config.replace('"rope_theta": 1000000.0', '"rope_theta": 100.0'));
    const result = await runSelfTest('cpu', host, folder);
    expect(result.passed).toBe(false);
    expect(result.detail).toMatch(/latent step 1/);
  });

  it('fails, with the reason, where the image cannot be read or the checkpoint is not whole', async () => {
    const folder = join(await newFolder(), 'self-test');
    await cp(programFiles.selfTest, folder, { recursive: true });
    await writeFile(join(folder, 'question.png'), 'no picture');
    expect(await runSelfTest('cpu', host, folder)).toMatchObject({
      passed: false,
      detail: expect.stringMatching(/image/),
    });
    await rm(join(folder, 'checkpoint', 'tokenizer.json'));
    const result = await runSelfTest('cpu', host, folder);
    expect(result).toMatchObject({ passed: false, onnxruntimeVersion: null });
    expect(result.detail).toMatch(/tokenizer/);
  });

  it('fails where the engine cannot start', async () => {
    const broken = createForkEngineHost({ entry: join(await newFolder(), 'no-engine.ts') });
    const result = await runSelfTest('cpu', broken, programFiles.selfTest);
    expect(result).toMatchObject({ passed: false, onnxruntimeVersion: null });
  });

  it('is not available on a device that the platform has not', async () => {
    const result = await runSelfTest(absentDevice, host, programFiles.selfTest);
    expect(result).toMatchObject({ passed: false, isAvailable: false });
    expect(result.detail).toBe("ONNX Runtime's package for this platform has no such device. Choose another device.");
  });
});

describe('what counts as a difference', () => {
  let expected: SelfTestExpectation;
  beforeAll(async () => {
    expected = await readExpectation(programFiles.selfTest);
  });

  /** The reference's own answer. */
  function reference(): Answer {
    const masses = { visionMass: 0, textMass: 0, latentVisionMass: 0, latentTextMass: 0, visionFocus: 0 };
    return {
      outputText: expected.outputText,
      outputTokenCount: expected.outputTokenIds.length,
      arSteps: null,
      finishReason: expected.finishReason,
      timings: null,
      messages: null,
      prompt: null,
      trace: {
        image: null,
        promptTokenCount: expected.promptTokenIds.length,
        imageCount: 1,
        stoppedEarly: false,
        ...withoutCalls,
        steps: expected.steps.map(({ selectedSlots, scores }, stepIndex) => ({
          ...masses,
          stepIndex,
          selectedSlots: [...selectedSlots],
          scores: [],
          ranks: [],
          pool: [],
          imageAttention: [...scores],
        })),
      },
    };
  }

  it('nothing in the reference itself, nor noise well below the gap', () => {
    expect(findDifference(reference(), expected)).toBeNull();
    const noisy = reference();
    const attention = noisy.trace?.steps[1]?.imageAttention ?? [];
    attention[3] = (attention[3] ?? 0) + expected.minSelectionGap / 4;
    expect(findDifference(noisy, expected)).toBeNull();
  });

  it.each([
    { what: 'attention', change: (answer: Answer) => void (answer.trace?.steps[2]?.imageAttention ?? []).fill(0.5) },
    { what: 'attention', change: (answer: Answer) => void answer.trace?.steps[0]?.imageAttention.pop() },
    {
      what: 'patches of latent step 2',
      change: (answer: Answer) => void answer.trace?.steps[1]?.selectedSlots.reverse(),
    },
    { what: 'latent steps: 2 instead of 3', change: (answer: Answer) => void answer.trace?.steps.pop() },
    { what: 'answer: "B"', change: (answer: Answer) => void (answer.outputText = 'B') },
    { what: 'answer', change: (answer: Answer) => void (answer.outputTokenCount = 1) },
    { what: "the answer's end", change: (answer: Answer) => void (answer.finishReason = 'length') },
    { what: 'prompt tokens: none', change: (answer: Answer) => void (answer.trace = null) },
  ])('$what', ({ what, change }) => {
    const answer = reference();
    change(answer);
    expect(findDifference(answer, expected)).toContain(what);
  });
});
