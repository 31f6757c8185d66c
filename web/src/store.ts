/** What outlives a reload: this tab only, gone when it is closed. Where storage is refused, the page's memory serves. */

export interface Unsent {
  id: string;
  text: string;
}

export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class Store {
  private readonly kept = new Map<string, string>();

  constructor(private readonly memory: Memory | null, private readonly prefix: string) {}

  get token(): string | null {
    return this.get("token");
  }

  set token(value: string | null) {
    this.set("token", value);
  }

  /** Agreed to the storing of health information; remembered for this tab. */
  get consent(): boolean {
    return this.get("consent") === "yes";
  }

  set consent(value: boolean) {
    this.set("consent", value ? "yes" : null);
  }

  /** The message that has no answer yet. Its id stays the same however often it is sent, so it counts once. */
  get unsent(): Unsent | null {
    try {
      const data: unknown = JSON.parse(this.get("unsent") ?? "null");
      const { id, text } = (data ?? {}) as Partial<Unsent>;
      return typeof id === "string" && typeof text === "string" ? { id, text } : null;
    } catch {
      return null;
    }
  }

  set unsent(value: Unsent | null) {
    this.set("unsent", value && JSON.stringify(value));
  }

  forget(): void {
    this.token = null;
    this.unsent = null;
  }

  private get(name: string): string | null {
    try {
      if (this.memory) return this.memory.getItem(this.prefix + name);
    } catch {
      // storage switched off: fall through to the page's own memory
    }
    return this.kept.get(name) ?? null;
  }

  private set(name: string, value: string | null): void {
    if (value === null) this.kept.delete(name);
    else this.kept.set(name, value);
    try {
      if (value === null) this.memory?.removeItem(this.prefix + name);
      else this.memory?.setItem(this.prefix + name, value);
    } catch {
      // storage full or switched off
    }
  }
}

export const sessionMemory = (): Memory | null => {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
};

export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
