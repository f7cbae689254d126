import { Tokens } from "@fastify/csrf";
import { parseCookie, stringifySetCookie } from "cookie";

const tokens = new Tokens({});
const secretCookie = "sample-plugin-secret";
const flashCookie = "sample-plugin-flash";

/** What of a request a visit has to know. */
export interface VisitRequest {
  /** The path that the plugin is mounted at, without a slash at its end. */
  readonly base: string;
  /** The `Cookie` header. */
  readonly cookies: string | undefined;
  /** Whether the request came by HTTPS. */
  readonly isSecure: boolean;
}

/**
 * One request of one visitor: the token that their forms carry, and the message that their last step left for this page.
 * A form that another site sends in their name has no such token.
 */
export class Visit {
  readonly base: string;
  /** The message for this page, shown once. */
  readonly flash: string | undefined;
  /** For the hidden field `_csrf` of every form. */
  readonly token: string;
  /** The `Set-Cookie` headers of the response. */
  readonly setCookies: string[] = [];
  readonly #secret: string;
  readonly #isSecure: boolean;

  constructor({ base, cookies = "", isSecure }: VisitRequest) {
    const { [secretCookie]: known, [flashCookie]: flash } = parseCookie(cookies);
    this.base = base;
    this.flash = flash;
    this.#isSecure = isSecure;
    this.#secret = known || tokens.secretSync();
    this.token = tokens.create(this.#secret);
    if (this.#secret !== known) this.#setCookie(secretCookie, this.#secret);
    if (flash !== undefined) this.#setCookie(flashCookie, "", 0);
  }

  /** Whether a form is one that this visitor got from here. */
  accepts(fields: Readonly<Record<string, unknown>>): boolean {
    const { _csrf: token } = fields;
    return typeof token === "string" && tokens.verify(this.#secret, token);
  }

  /** Leaves a message for the visitor's next page. */
  say(message: string): void {
    this.#setCookie(flashCookie, message);
  }

  #setCookie(name: string, value: string, maxAge?: number): void {
    this.setCookies.push(
      stringifySetCookie(name, value, {
        path: this.base,
        httpOnly: true,
        sameSite: "lax",
        secure: this.#isSecure,
        ...(maxAge === undefined ? {} : { maxAge }),
      }),
    );
  }
}
