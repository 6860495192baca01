export type { Action, OpId, Phase, Wait } from './action.ts';
