import type { Case } from './case.ts';
import { delivery } from './delivery.ts';
import { refusal } from './refusal.ts';
import { security } from './security.ts';

/** What every runtime has to do alike. */
export const contract: Readonly<Record<string, readonly Case[]>> = { delivery, refusal, security };
