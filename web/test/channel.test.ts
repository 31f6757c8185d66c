import { describe, expect, test } from "vitest";
import { Channel, ChannelError } from "../src/channel";
import { Store } from "../src/store";

interface Call {
  path: string;
  method: string;
  token: string | undefined;
  body: unknown;
}

function channel(answer: (call: Call) => Response | Promise<Response>) {
  const store = new Store(null, "");
  const calls: Call[] = [];
  const made = new Channel("https://bot.test", store, (async (path: string, options: RequestInit) => {
    const headers = options.headers as Record<string, string>;
    const call = { path, method: options.method!, token: headers.Authorization, body: options.body ? JSON.parse(String(options.body)) : null };
    calls.push(call);
    return answer(call);
  }) as typeof fetch);
  return { store, calls, channel: made };
}

const json = (data: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(data), { status, headers });

describe("the channel", () => {
  test("begins a conversation with the first message and keeps to it", async () => {
    const { calls, channel: to, store } = channel(({ path }) => (path.endsWith("session") ? json({ token: "T" }) : json([{ text: "yes" }])));
    expect(store.token).toBeNull();
    const [answer] = await to.say({ id: "1", text: "hi" });
    await to.say({ id: "2", text: "more" });
    expect(answer?.text).toBe("yes");
    expect(calls.map(({ path, token }) => [path.split("/").at(-1), token])).toEqual([["session", undefined], ["message", "Bearer T"], ["message", "Bearer T"]]);
    expect(calls[1]?.body).toEqual({ message: "hi", id: "1" });
  });

  test.each([[429, true], [500, true], [503, true], [401, false], [413, false], [400, false]])("status %i: may be sent again: %s", async (status, again) => {
    const { channel: to, store } = channel(() => json({ message: "told" }, status, { "Retry-After": "4" }));
    store.token = "T";
    const error = await to.say({ id: "1", text: "hi" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChannelError);
    expect(error).toMatchObject({ status, again, message: "told", retryAfter: 4 });
  });

  test("an answer that is not the channel's counts as none", async () => {
    const { channel: to, store } = channel(() => new Response("<html>proxy</html>", { status: 200 }));
    store.token = "T";
    await expect(to.history()).rejects.toMatchObject({ status: 0, again: true });
  });

  test("no summary where the server has none", async () => {
    const { channel: to } = channel(() => json({ error: "not_found" }, 404));
    expect(await to.summary()).toBeNull();
    const other = channel(() => json({ type: "summary", text: "t", fhir: {} }));
    expect(await other.channel.summary()).toEqual({ text: "t", fhir: {} });
  });

  test("nothing is erased where nothing was begun", async () => {
    const { calls, channel: to } = channel(() => json({}));
    await to.erase();
    expect(calls).toEqual([]);
  });
});

describe("what a tab keeps", () => {
  test("survives storage that throws", () => {
    const broken = { getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("no"); }, removeItem: () => { throw new Error("no"); } };
    const store = new Store(broken, "x:");
    store.consent = true;
    store.unsent = { id: "1", text: "hi" };
    expect(store.consent).toBe(true);
    expect(store.unsent).toEqual({ id: "1", text: "hi" });
    store.forget();
    expect(store.unsent).toBeNull();
  });

  test("is not confused by what others left there", () => {
    const kept: Record<string, string> = { "x:unsent": "{bad", "x:consent": "maybe" };
    const store = new Store({ getItem: (key) => kept[key] ?? null, setItem: () => {}, removeItem: () => {} }, "x:");
    expect(store.unsent).toBeNull();
    expect(store.consent).toBe(false);
  });
});
