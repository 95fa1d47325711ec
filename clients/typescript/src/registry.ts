/** Typed questions to a registry: tokens, retries and pages are seen to. */

import type { paths } from "./api.js";

type Method = "get" | "post" | "delete";
type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];
type Json<C> = C extends { "application/json": infer J }
  ? J
  : C extends { "application/ld+json": infer L }
    ? L
    : never;
type Answered = 200 | 201 | 202;
type Answer<O> = O extends { responses: infer R }
  ? { [S in keyof R & Answered]: R[S] extends { content: infer C } ? Json<C> : never }[keyof R &
      Answered]
  : never;
type Part<O, N extends "path" | "query"> = O extends { parameters: { [K in N]?: infer A } }
  ? Exclude<A, undefined>
  : never;
type Needed<N extends string, A> = [A] extends [never]
  ? { [K in N]?: never }
  : Record<string, never> extends A
    ? { [K in N]?: A }
    : { [K in N]: A };
type Body<O> = O extends { requestBody: { content: { "application/json": infer B } } } ? B : never;
type Asked<O> = Needed<"path", Part<O, "path">> &
  Needed<"query", Part<O, "query">> &
  Needed<"body", Body<O>> & { prefer?: string };
type Item<O> = Answer<O> extends { items: readonly (infer I)[] } ? I : never;

/** What was answered a moment ago may be answered now. */
const AGAIN = new Set([429, 502, 503, 504]);
const ATTEMPTS = 5;
const PAUSE_MAX = 30;
/** A new token is fetched so many seconds before the old one ends. */
const TOKEN_MARGIN = 30;

export interface Options {
  clientId?: string;
  clientSecret?: string;
  /** Why personal data is asked for: it stands in the audit chain. */
  purpose?: string;
  fetch?: typeof fetch;
}

/** A refusal, as the registry explains it (RFC 9457): branch on `code`, `type` is its page. */
export class RegistryError extends Error {
  readonly code: string;
  readonly type: string;

  constructor(
    readonly status: number,
    readonly problem: Readonly<Record<string, unknown>>,
    readonly requestId: string | null,
  ) {
    super(`${status} ${String(problem["code"])}: ${String(problem["detail"])}`);
    this.code = String(problem["code"] ?? "unknown");
    this.type = String(problem["type"] ?? "about:blank");
  }
}

interface Loose {
  path?: unknown;
  query?: unknown;
  body?: unknown;
  prefer?: string;
}

export class Registry {
  private token: { text: string; until: number } | undefined;

  constructor(
    private readonly address: string,
    private readonly options: Options = {},
  ) {}

  /** Ask a question. */
  get<P extends PathsOf<"get">>(
    path: P,
    asked: Asked<paths[P]["get"]>,
  ): Promise<Answer<paths[P]["get"]>> {
    return this.ask("GET", path, asked);
  }

  /** Send facts or an order; facts may be sent again. */
  post<P extends PathsOf<"post">>(
    path: P,
    asked: Asked<paths[P]["post"]>,
  ): Promise<Answer<paths[P]["post"]>> {
    return this.ask("POST", path, asked);
  }

  /** End something. */
  delete<P extends PathsOf<"delete">>(
    path: P,
    asked: Asked<paths[P]["delete"]>,
  ): Promise<Answer<paths[P]["delete"]>> {
    return this.ask("DELETE", path, asked);
  }

  /** Give every item of a list, page by page. */
  async *pages<P extends PathsOf<"get">>(
    path: P,
    asked: Asked<paths[P]["get"]>,
  ): AsyncGenerator<Item<paths[P]["get"]>> {
    let loose: Loose = asked;
    while (true) {
      const page: { items: Item<paths[P]["get"]>[]; next_cursor: string | null } = await this.ask(
        "GET",
        path,
        loose,
      );
      yield* page.items;
      if (page.next_cursor === null) return;
      loose = { ...loose, query: { ...Object.fromEntries(entries(loose.query)), cursor: page.next_cursor } };
    }
  }

  private async ask<A>(method: string, path: string, asked: Loose): Promise<A> {
    const url = new URL(filled(path, asked.path), this.address);
    for (const [name, value] of entries(asked.query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const body = asked.body === undefined ? null : JSON.stringify(asked.body);
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.once(method, url, body, asked.prefer).catch((error: unknown) => {
        if (attempt >= ATTEMPTS) throw error;
        return undefined;
      });
      if (answer?.ok) return (await answer.json()) as A;
      if (answer?.status === 401 && this.token && !renewed) {
        this.token = undefined;
        renewed = true;
        continue;
      }
      if (answer && (!AGAIN.has(answer.status) || attempt >= ATTEMPTS)) throw await refusal(answer);
      await pause(attempt, answer?.headers.get("retry-after"));
    }
  }

  private async once(
    method: string,
    url: URL,
    body: string | null,
    prefer: string | undefined,
  ): Promise<Response> {
    const headers = new Headers({ accept: "application/json, application/ld+json;q=0.9" });
    if (body !== null) headers.set("content-type", "application/json");
    if (prefer !== undefined) headers.set("prefer", prefer);
    if (this.options.purpose !== undefined) headers.set("purpose", this.options.purpose);
    const token = await this.bearer();
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    return this.fetch(url, { method, headers, body });
  }

  private async bearer(): Promise<string | undefined> {
    const { clientId, clientSecret } = this.options;
    if (clientId === undefined || clientSecret === undefined) return undefined;
    if (this.token !== undefined && Date.now() < this.token.until) return this.token.text;
    const answer = await this.fetch(new URL("/oauth2/token", this.address), {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    if (!answer.ok) throw await refusal(answer);
    const given = (await answer.json()) as { access_token: string; expires_in: number };
    const until = Date.now() + (given.expires_in - TOKEN_MARGIN) * 1000;
    this.token = { text: given.access_token, until };
    return given.access_token;
  }

  private fetch(url: URL, asked: RequestInit): Promise<Response> {
    return (this.options.fetch ?? fetch)(url, asked);
  }
}

function entries(named: unknown): [string, unknown][] {
  return Object.entries(named ?? {});
}

function filled(path: string, places: unknown): string {
  const values = new Map(entries(places));
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}

async function refusal(answer: Response): Promise<RegistryError> {
  const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
  return new RegistryError(answer.status, problem, answer.headers.get("x-request-id"));
}

/** Wait as long as was asked for, else ever longer and never alike. */
async function pause(attempt: number, retryAfter: string | null | undefined): Promise<void> {
  const asked = retryAfter ? seconds(retryAfter) : NaN;
  const own = 0.2 * 2 ** attempt * (0.5 + Math.random());
  const wait = Math.min(Number.isNaN(asked) ? own : asked, PAUSE_MAX);
  await new Promise((resolve) => setTimeout(resolve, wait * 1000));
}

function seconds(retryAfter: string): number {
  const number = Number(retryAfter);
  return Number.isNaN(number) ? Math.max(0, (Date.parse(retryAfter) - Date.now()) / 1000) : number;
}
