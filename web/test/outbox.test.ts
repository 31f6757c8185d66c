import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ChannelError } from "../src/channel";
import type { Message } from "../src/contract";
import { Outbox } from "../src/outbox";
import { Store, type Unsent } from "../src/store";

type Answer = Message[] | ChannelError;

function desk(...answers: Answer[]) {
  const store = new Store(null, "");
  const sent: Unsent[] = [];
  const told: string[] = [];
  const channel = {
    say: async (message: Unsent): Promise<Message[]> => {
      sent.push(message);
      const answer = answers.shift() ?? [];
      if (answer instanceof ChannelError) throw answer;
      return answer;
    },
  };
  const outbox = new Outbox(channel, store, {
    sending: (message) => told.push(`sending ${message.text}`),
    answered: (message) => told.push(`answered ${message.text}`),
    failed: (message, error) => told.push(`failed ${message.text} ${error.status}`),
  });
  return { store, sent, told, outbox };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settled = () => vi.advanceTimersByTimeAsync(0);

describe("a message", () => {
  test("is sent once and answered once", async () => {
    const { outbox, store, told } = desk([]);
    expect(outbox.put("hi")).toBe(true);
    await settled();
    expect(told).toEqual(["sending hi", "answered hi"]);
    expect(store.unsent).toBeNull();
  });

  test("that fails is sent again by itself, always under the same id", async () => {
    const { outbox, sent, store } = desk(new ChannelError(0), new ChannelError(503), new ChannelError(0), []);
    outbox.put("hi");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map((message) => message.id)).size).toBe(1);
    expect(store.unsent).toBeNull();
  });

  test("waits as long as the server asks", async () => {
    const { outbox, sent } = desk(new ChannelError(429, "", 7), []);
    outbox.put("hi");
    await vi.advanceTimersByTimeAsync(6_900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });

  test("that can never be taken is given back", async () => {
    const { outbox, sent, store, told } = desk(new ChannelError(413));
    outbox.put("hi");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(store.unsent).toBeNull();
    expect(told.at(-1)).toBe("failed hi 413");
  });

  test("is not sent twice at once, and no second one goes before it", async () => {
    const { outbox, sent } = desk(new ChannelError(0), []);
    outbox.put("hi");
    void outbox.send();
    expect(outbox.put("more")).toBe(false);
    await settled();
    expect(outbox.put("more")).toBe(false);
    await outbox.send();
    expect(sent.map((message) => message.text)).toEqual(["hi", "hi"]);
    expect(outbox.put("more")).toBe(true);
  });

  test("outlives a reload with its id", async () => {
    const first = desk(new ChannelError(0));
    first.outbox.put("hi");
    await settled();
    expect(first.store.unsent).toEqual(first.sent[0]);
  });

  test("erased on its way has no answer any more", async () => {
    const { outbox, told } = desk([]);
    outbox.put("hi");
    outbox.clear();
    await settled();
    expect(told).toEqual(["sending hi"]);
  });
});
