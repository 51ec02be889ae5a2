/** The tag that leaves a question, whose gold answer is wrong, out of every count; it is shown everywhere all the same. */
export const exclusionTag = 'bad gold';
