/** The methods by name; a new one is a file of its own and a line here. */
import type { Method } from '../../shared/run-settings.ts';
import { ivtLr } from './ivt-lr.ts';
import type { ReasoningMethod } from './method.ts';
import { noCot } from './no-cot.ts';

export const reasoningMethods: Readonly<Record<Method, ReasoningMethod>> = { 'ivt-lr': ivtLr, 'no-cot': noCot };
