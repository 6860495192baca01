import type { OpId } from './action.ts';
import { SmtpError } from './error.ts';
import { Operation } from './operation.ts';
import { refusal } from './refusal.ts';
import type { Session } from './session.ts';

/** `command()`: one line and its reply, whatever its code. */
export class Exchange extends Operation {
  readonly #line: string;

  constructor(session: Session, id: OpId, line: string) {
    super(session, id);
    this.#line = line;
  }

  override start(): void {
    this.move('command', 'command');
    this.ask('command', this.#line, (reply, trigger) => {
      this.move(trigger, 'idle');
      this.session.settle(this, { ...reply, reply });
    });
  }
}

/** `reset()`: RSET at once, not only before the next transaction (RFC 5321 §4.1.1.5). */
export class Reset extends Operation {
  override start(): void {
    const { session } = this;
    this.move('reset', 'rset');
    this.ask('rset', 'RSET', (reply, trigger) => {
      this.move(trigger, 'idle');
      session.transactionOpen = trigger !== '2yz';
      session.settle(this, session.transactionOpen ? refusal('rset', 'RSET', reply) : {});
    });
  }
}

/** `quit()`: the reply is awaited, but a server that just hangs up has understood too (RFC 5321 §4.1.1.10). */
export class Quit extends Operation {
  override start(): void {
    this.move('quit', 'quit');
    this.ask('quit', 'QUIT', () => void this.disconnected());
  }

  override disconnected(): boolean {
    const { session } = this;
    this.move('any', 'closed');
    session.settle(this, {});
    session.die(new SmtpError('disconnected', 'idle', 'Open another session: QUIT ended this one'));
    return true;
  }
}
