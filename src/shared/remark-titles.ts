/** What a remark says, for people; in lists, chips and counts alike. */
import type { Remark } from './trace.ts';

export const remarkTitles: Readonly<Record<Remark['kind'], string>> = {
  'token-limit': 'Cut off at the token limit',
  'no-answer': 'No answer in the form that was asked for',
  'malformed-json': 'The scene graph is no JSON',
  'malformed-tool-call': 'A tool call that cannot be read',
  'unknown-tool': 'A tool that does not exist',
  'box-outside-image': 'A box that is not inside the picture',
  'empty-box': 'A box that holds nothing',
  'image-too-small': 'The picture is too small for the dots',
  'call-limit': 'No answer in as many calls as there may be',
};
