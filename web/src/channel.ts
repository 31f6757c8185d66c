/** The web channel over HTTP: four calls and the summary. Knows the contract, not the page. */
import { messages, summary, turns, type Message, type Summary, type Turn } from "./contract";
import type { Store, Unsent } from "./store";

const WAIT_MS = 12_000; // longer than the channel's own deadline of 8 s, so that its apology arrives

/** Why there is no answer. `status` 0: nothing answered at all. */
export class ChannelError extends Error {
  constructor(
    readonly status: number,
    message = "",
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether the same message may be sent again as it is. */
  get again(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Channel {
  constructor(
    private readonly server: string,
    private readonly store: Store,
    private readonly get: typeof fetch = (...request) => fetch(...request),
  ) {}

  /** A conversation, begun if there is none. */
  async open(): Promise<void> {
    if (this.store.token) return;
    const { token } = (await this.call("POST", "session")) as { token?: unknown };
    if (typeof token !== "string") throw new ChannelError(502);
    this.store.token = token;
  }

  async say({ id, text }: Unsent): Promise<Message[]> {
    await this.open();
    return messages(await this.call("POST", "message", { message: text, id }));
  }

  async history(): Promise<Turn[]> {
    return turns(await this.call("GET", "conversation"));
  }

  async erase(): Promise<void> {
    if (this.store.token) await this.call("DELETE", "conversation");
  }

  /** The doctor's summary; null where the server offers none. */
  async summary(): Promise<Summary | null> {
    try {
      const found = summary(await this.call("GET", "summary"));
      return found.text || found.fhir ? found : null;
    } catch (error) {
      if (error instanceof ChannelError) return null;
      throw error;
    }
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.store.token) headers.Authorization = `Bearer ${this.store.token}`;
    let response: Response;
    let data: unknown;
    try {
      response = await this.get(`${this.server}/webhooks/web/${path}`, {
        method,
        headers,
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(WAIT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      data = await response.json();
    } catch {
      throw new ChannelError(0); // nothing came, or something that is not the channel answered
    }
    if (response.ok) return data;
    const told = (data as { message?: unknown } | null)?.message;
    throw new ChannelError(
      response.status,
      typeof told === "string" ? told : "",
      Number(response.headers.get("Retry-After")) || 0,
    );
  }
}
