/** The methods by name. Written by `npm run methods` from the files beside this one; not edited by hand. */
import type { Method } from '../../shared/run-settings.ts';
import { ccot } from './ccot.ts';
import { chainOfFocus } from './chain-of-focus.ts';
import { cot } from './cot.ts';
import { icot } from './icot.ts';
import { ivtLr } from './ivt-lr.ts';
import { multimodalCot } from './multimodal-cot.ts';
import { noCot } from './no-cot.ts';
import { scaffold } from './scaffold.ts';
import type { ReasoningMethod } from './method.ts';

export const reasoningMethods: Readonly<Record<Method, ReasoningMethod>> = {
  ccot: ccot,
  'chain-of-focus': chainOfFocus,
  cot: cot,
  icot: icot,
  'ivt-lr': ivtLr,
  'multimodal-cot': multimodalCot,
  'no-cot': noCot,
  scaffold: scaffold,
};
