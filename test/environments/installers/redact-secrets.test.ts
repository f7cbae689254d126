import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redactSecrets } from "#src/environments/installers/redact-secrets.js";

describe("redactSecrets", () => {
  it("hides what .npmrc files hold, directly, by a variable and in quotes", () => {
    const text =
      '//a/:_authToken=first-secret\n//b/:_authToken = ${THE_TOKEN}\n_password="third-secret"\n//c/:_auth=${OTHER?}\n';
    const redact = redactSecrets([text], { THE_TOKEN: "second-secret", OTHER: "fourth-secret" });
    const line = "first-secret second-secret third-secret fourth-secret";
    assert.equal(redact(line), "*** *** *** ***");
  });

  it("hides what the environment says for npm", () => {
    assert.equal(redactSecrets([], { "npm_config_//a/:_authToken": "in-env" })("sent in-env"), "sent ***");
  });

  it("hides what looks like a secret", () => {
    const redact = redactSecrets([], {});
    assert.equal(redact("//a/:_authToken=x1"), "//a/:_authToken=***");
    assert.equal(redact("authorization: Bearer abcdefghij"), "authorization: Bearer ***");
    assert.equal(redact("GET https://me:pw@host/x"), "GET https://***@host/x");
    assert.equal(redact(`got npm_${"a1".repeat(18)}`), "got ***");
  });

  it("leaves every other line as it is", () => {
    const redact = redactSecrets(["//a/:_authToken=\n_auth=ab\nregistry=https://r.example/\n"], { EMPTY: "" });
    const lines = [
      "added 5 packages in 335ms",
      "npm error code E404",
      "GET https://r.example/@scope%2fname - 404",
      "ab cab",
    ];
    assert.deepEqual(lines.map(redact), lines);
  });
});
