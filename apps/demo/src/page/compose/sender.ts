// All that speaks to the mail server: the page draws its form without it, and fetches it meanwhile.
export { ask } from './ask.ts';
export { checkDraft, problemOf } from './draft-problem.ts';
export { send } from './send.ts';
