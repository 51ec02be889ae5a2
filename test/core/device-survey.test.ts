/** What `auto` means on this machine, and that it is found out once: the processor always passes, what is absent is refused. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createDeviceSurvey, type DeviceSurvey } from '../../src/main/core/device-survey.ts';
import { readKeptChoice } from '../../src/main/core/kept-choice.ts';
import { programFiles } from '../../src/main/core/program-files.ts';
import { createForkEngineHost, type EngineHost } from '../../src/main/runs/engine-host.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { absentDevice } from '../support/absent-device.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const forks = createForkEngineHost({ entry: programFiles.engineEntry });

/** A survey that keeps its choice in `keptChoice`, and how many engine processes it started. */
function surveyOf(keptChoice: string, version = '1.0.0'): { survey: DeviceSurvey; started: () => number } {
  let count = 0;
  const engineHost: EngineHost = {
    start: () => {
      count += 1;
      return forks.start();
    },
  };
  const survey = createDeviceSurvey({ engineHost, selfTest: programFiles.selfTest, keptChoice, version });
  return { survey, started: () => count };
}

describe('the survey of the devices', () => {
  it('finds the processor good, measures its speed, and says why others are not', async () => {
    const { survey } = surveyOf(join(await newFolder(), 'devices.json'));
    const findings = await survey.again();
    expect(findings.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']);
    const [cpu] = findings;
    expect(cpu?.result).toMatchObject({ passed: true, isAvailable: true });
    // A single core from before 2010 reaches one; no machine of today ten million.
    expect(cpu?.gigaflops).toBeGreaterThan(1);
    expect(cpu?.gigaflops).toBeLessThan(1e7);
    const absent = findings.find(({ device }) => device === absentDevice);
    expect(absent).toMatchObject({ gigaflops: null, result: { passed: false, isAvailable: false } });
    expect(absent?.result.detail).toMatch(/no such device/);
    for (const { result, gigaflops } of findings) if (!result.passed) expect(gigaflops).toBeNull();
  });

  it('refuses a device that fails, and takes the processor unasked', async () => {
    const { survey, started } = surveyOf(join(await newFolder(), 'devices.json'));
    expect(await survey.choose('cpu')).toBe('cpu');
    expect(started()).toBe(0);
    const failure = await expectFailure(() => survey.choose(absentDevice), 'device-unavailable');
    expect(failure.found).toContain(absentDevice);
    const tries = started();
    expect(tries).toBeGreaterThan(0);
    await expectFailure(() => survey.choose(absentDevice), 'device-unavailable');
    expect(started(), 'found out once').toBe(tries);
  });

  it('keeps what auto means for the next process, of the same version, on the same machine, for a week', async () => {
    const path = join(await newFolder(), 'of-the-user', 'devices.json');
    const first = surveyOf(path);
    const chosen = await first.survey.choose('auto');
    expect(first.started()).toBeGreaterThan(0);

    const next = surveyOf(path);
    expect(await next.survey.choose('auto')).toBe(chosen);
    expect(next.started()).toBe(0);

    const kept = JSON.parse(await readFile(path, 'utf8')) as { machine: string; foundAt: number };
    expect(kept.machine).toContain(hostname());
    const others = [
      { ...kept, foundAt: kept.foundAt - 8 * 24 * 3600 * 1000 },
      { ...kept, foundAt: Date.now() + 3_600_000 },
      { ...kept, machine: kept.machine.replace(hostname(), 'elsewhere') },
      { ...kept, device: 'abacus' },
    ];
    for (const other of [...others.map((each) => JSON.stringify(each)), '{"machine":', '']) {
      await writeFile(path, other);
      expect(await readKeptChoice(path, '1.0.0'), other).toBeNull();
    }
    await writeFile(path, JSON.stringify(kept));
    expect(await readKeptChoice(path, '1.0.0')).toBe(chosen);
    expect(await readKeptChoice(path, '1.1.0')).toBeNull();
  });

  it('is no worse off where nothing can be kept', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    const { survey } = surveyOf(join(file, 'devices.json'));
    expect(await survey.choose('auto')).not.toBe('auto');
  });
});
