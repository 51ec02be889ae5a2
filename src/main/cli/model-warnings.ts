/** Warnings about a model, as lines on standard error. */
import type { Bundle } from '../../shared/bundle.ts';
import { modelWarnings as warningsOf } from '../../shared/model-warnings.ts';
import type { RunSettingsInput } from '../../shared/run-settings.ts';

export const modelWarnings = (
  bundle: Pick<Bundle, 'name' | 'trained' | 'trainedFor'>,
  settings: RunSettingsInput,
): string[] => warningsOf(bundle, settings).map((warning) => `warning: ${warning}`);
