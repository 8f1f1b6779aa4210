// The server: requests with a key, refusals in words, and the stream of news.

export class Refused extends Error {
  constructor(status, sentence, issues = []) {
    super(sentence);
    this.status = status;
    this.issues = issues;
  }
}

const NO_SERVER = "The server does not answer.";

const refusal = async (answer) => {
  const text = await answer.text();
  let detail;
  try {
    detail = JSON.parse(text).detail;
  } catch {
    return new Refused(answer.status, `The server answered ${answer.status}.`);
  }
  if (Array.isArray(detail)) {
    const issues = detail.map((issue) => ({ place: issue.loc.slice(1).join("."), words: issue.msg.replace(/^Value error, /, "") }));
    const said = issues.map((issue) => (issue.place ? `${issue.place}: ${issue.words}` : issue.words));
    return new Refused(answer.status, said.join("; "), issues);
  }
  return new Refused(answer.status, detail?.message ?? detail ?? `The server answered ${answer.status}.`);
};

export class Server {
  constructor(header, key) {
    this.header = header;
    this.key = key;
    this.tags = new Map();
    this.over = new AbortController();
  }

  headers(more = {}) {
    return { [this.header]: this.key, ...more };
  }

  // The answer's body; `undefined` for one that has none, or that has not changed since `fresh` was last asked.
  async ask(method, path, body, { fresh = false } = {}) {
    const headers = this.headers(body === undefined ? {} : { "Content-Type": "application/json" });
    if (fresh && this.tags.has(path)) headers["If-None-Match"] = this.tags.get(path);
    let answer;
    try {
      answer = await fetch(path, {
        method, headers, signal: this.over.signal, cache: "no-store", credentials: "omit",
        body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
      });
    } catch (error) {
      throw error.name === "AbortError" ? error : new Refused(0, NO_SERVER);
    }
    if (answer.status === 304) return undefined;
    if (!answer.ok) throw await refusal(answer);
    if (fresh && answer.headers.get("etag")) this.tags.set(path, answer.headers.get("etag"));
    const kind = answer.headers.get("content-type") ?? "";
    if (answer.status === 204) return undefined;
    return kind.startsWith("application/json") ? answer.json() : answer.text();
  }

  get(path, how) {
    return this.ask("GET", path, undefined, how);
  }

  post(path, body) {
    return this.ask("POST", path, body);
  }

  // Reads the stream at `path` for ever. The key stands in a header, so this is `fetch` and not EventSource.
  async follow(path, heard, link) {
    let last;
    for (let wait = 500; !this.over.signal.aborted; wait = Math.min(wait * 2, 15000)) {
      try {
        const headers = this.headers(last ? { "Last-Event-ID": last } : {});
        const answer = await fetch(path, { headers, signal: this.over.signal, cache: "no-store", credentials: "omit" });
        if (!answer.ok) throw await refusal(answer);
        link("live");
        wait = 500;
        await this.read(answer.body, (name, data, id) => {
          heard(name, JSON.parse(data));
          if (id) last = id;
        });
      } catch (error) {
        if (error.name === "AbortError") return;
        if (error.status === 401) {
          link("refused");
          return;
        }
      }
      link("away");
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }

  async read(body, heard) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const field = (name) =>
          event.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
        if (field("data")) heard(field("event") || "message", field("data"), field("id"));
      }
    }
  }

  end() {
    this.over.abort();
  }
}

// A key that lasts as long as the tab does.
export const keptKey = (name) => ({
  get: () => sessionStorage.getItem(name) ?? "",
  set: (key) => sessionStorage.setItem(name, key),
  forget: () => sessionStorage.removeItem(name),
});
