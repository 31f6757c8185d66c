/** One message on its way at a time: sent, sent again by itself with the same id, answered once. */
import { ChannelError, type Channel } from "./channel";
import type { Message } from "./contract";
import { newId, type Store, type Unsent } from "./store";

const PAUSES_S = [2, 5, 10, 20, 30];

export interface Listener {
  sending(message: Unsent): void;
  answered(message: Unsent, answers: Message[]): void;
  failed(message: Unsent, error: ChannelError): void;
}

export class Outbox {
  private running = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly channel: Pick<Channel, "say">,
    private readonly store: Store,
    private readonly listener: Listener,
  ) {}

  get busy(): boolean {
    return this.running || this.store.unsent !== null;
  }

  /** Take a new message; false while another one has no answer yet. */
  put(text: string): boolean {
    if (this.busy) return false;
    this.store.unsent = { id: newId(), text };
    this.tries = 0;
    void this.send();
    return true;
  }

  /** Send what waits, now: after a tap on "send again", when the page is back online or visible, after a pause. */
  async send(): Promise<void> {
    const message = this.store.unsent;
    if (!message || this.running) return;
    clearTimeout(this.timer);
    this.running = true;
    this.listener.sending(message);
    let answers: Message[] | null = null;
    let error = new ChannelError(0);
    try {
      answers = await this.channel.say(message);
    } catch (reason) {
      if (reason instanceof ChannelError) error = reason;
      else console.error("vitamin-d-chat", reason instanceof Error ? reason.name : "error");
    }
    this.running = false;
    if (this.store.unsent?.id !== message.id) return; // erased meanwhile
    if (answers) {
      this.store.unsent = null;
      this.listener.answered(message, answers);
      return;
    }
    if (error.again) this.later(error.retryAfter);
    else this.store.unsent = null;
    this.listener.failed(message, error);
  }

  /** Forget what waits. */
  clear(): void {
    clearTimeout(this.timer);
    this.store.unsent = null;
  }

  private later(seconds: number): void {
    const pause = seconds || PAUSES_S[Math.min(this.tries, PAUSES_S.length - 1)]!;
    this.tries += 1;
    this.timer = setTimeout(() => void this.send(), pause * 1000);
  }
}
