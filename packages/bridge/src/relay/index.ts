export type { Clock } from './clock.ts';
export type { Resolve } from './destination.ts';
export { type RelayDetail, RelayError, type RelayErrorCode, type RelayPhase } from './fault.ts';
export type { RelayLimits } from './limit.ts';
export type { RelayLogEvent, SessionEvent } from './log.ts';
export type { Outcome, OutcomeStore } from './outcome.ts';
export {
  defaultWindow,
  maxBinaryOctets,
  type OutcomeState,
  type RelayMode,
  relaySubprotocol,
} from './protocol.ts';
export type { QuotaCost, QuotaStore } from './quota.ts';
export { createRelay, type Relay, type RelayOptions, type RelayPeer } from './relay.ts';
export type { RelayTarget } from './target.ts';
export { mintRelayToken, type RelayGrant, type RelaySecret } from './token.ts';
export type { RelayWebSocket } from './websocket.ts';
