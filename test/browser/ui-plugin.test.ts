import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { frameworks, servePlugin } from "./served-plugin.ts";

const pictures = path.resolve(import.meta.dirname, "../../../reports/browser");
mkdirSync(pictures, { recursive: true });

let browser: Browser;

before(async () => {
  const executablePath = process.env["CHROMIUM"];
  assert.ok(executablePath, "Run these tests with npm run test:browser.");
  browser = await chromium.launch({ executablePath });
});
after(() => browser?.close());

for (const framework of frameworks) {
  describe(`the ui plugin for ${framework}`, () => {
    /** Opens the list in a browser that has never been there. What the page reports as an error fails the test. */
    async function visit(
      run: (page: Page, url: string) => Promise<void>,
      options: BrowserContextOptions = {},
    ): Promise<void> {
      await using plugin = await servePlugin("ui", framework);
      const context = await browser.newContext({ viewport: { width: 1000, height: 720 }, ...options });
      try {
        const page = await context.newPage();
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(String(error)));
        page.on("dialog", (dialog) => {
          faults.push(`dialog: ${dialog.message()}`);
          void dialog.dismiss();
        });
        page.on("console", (message) => {
          // The browser also tells of answers such as 422.
          if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
        });
        await page.goto(plugin.url);
        await run(page, plugin.url);
        assert.deepEqual(faults, []);
      } finally {
        await context.close();
      }
    }

    const picture = async (page: Page, name: string): Promise<void> => {
      await page.screenshot({ path: path.join(pictures, `${framework}-${name}.png`) });
    };

    async function create(page: Page, name: string, quantity = "2", notes = ""): Promise<void> {
      await page.goto(new URL("/sample-plugin/new", page.url()).href);
      await page.getByLabel("Name").fill(name);
      await page.getByLabel("Quantity").fill(quantity);
      await page.getByLabel("Notes").fill(notes);
      await page.getByRole("button", { name: "Create" }).click();
    }

    for (const javaScriptEnabled of [true, false]) {
      test(`creates, shows, edits and deletes ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
        await visit(
          async (page, url) => {
            assert.equal(await page.getByText("No items yet").isVisible(), true);
            if (javaScriptEnabled) await picture(page, "empty");
            await page.getByRole("link", { name: "Create the first item" }).click();
            await page.getByLabel("Name").fill("Lamp");
            await page.getByLabel("Quantity").fill("2");
            await page.getByLabel("Notes").fill("By the window\nBelow the shelf");
            await page.getByRole("button", { name: "Create" }).click();
            assert.equal(page.url(), `${url}/1`);
            assert.equal(await page.getByRole("status").innerText(), "“Lamp” was created.");
            assert.match(await page.getByRole("main").innerText(), /By the window\nBelow the shelf/);
            if (javaScriptEnabled) await picture(page, "created");
            await page.reload();
            assert.equal(await page.getByRole("status").count(), 0, "a message is shown once");

            await page.getByRole("link", { name: "Edit" }).click();
            assert.equal(await page.getByLabel("Notes").inputValue(), "By the window\nBelow the shelf");
            await page.getByLabel("Name").fill("Desk lamp");
            await page.getByRole("button", { name: "Save" }).click();
            assert.equal(await page.getByRole("status").innerText(), "“Desk lamp” was saved.");
            assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Desk lamp");

            await page.getByText("Delete this item…").click();
            if (javaScriptEnabled) await picture(page, "delete");
            await page.getByRole("button", { name: "Delete" }).click();
            assert.equal(page.url(), url);
            assert.equal(await page.getByRole("status").innerText(), "“Desk lamp” was deleted.");
            assert.equal(await page.getByText("No items yet").isVisible(), true);
          },
          { javaScriptEnabled },
        );
      });
    }

    test("shows mistakes beside their fields, keeps what was typed, and moves the focus to them", async () => {
      await visit(async (page) => {
        await create(page, " ", "a few", "Kept");
        assert.match(await page.title(), /^Error: New item/);
        const alert = page.getByRole("alert");
        assert.equal(await alert.evaluate((element) => element === element.ownerDocument.activeElement), true);
        assert.match(await alert.innerText(), /Please check 2 fields/);
        const quantity = page.getByLabel("Quantity");
        assert.equal(await quantity.inputValue(), "a few");
        assert.equal(await quantity.getAttribute("aria-invalid"), "true");
        const described = (await quantity.getAttribute("aria-describedby")) ?? "";
        assert.match(await page.locator(`#${described}`).innerText(), /Enter a whole number/);
        assert.equal(await page.getByLabel("Notes").inputValue(), "Kept");
        await picture(page, "mistakes");
        await alert.getByRole("link", { name: /^Name/ }).click();
        const name = page.getByLabel("Name");
        assert.equal(await name.evaluate((element) => element === element.ownerDocument.activeElement), true);
        await name.fill("Lamp");
        await quantity.fill("3");
        await page.getByRole("button", { name: "Create" }).click();
        assert.equal(await page.getByRole("status").innerText(), "“Lamp” was created.");
      });
    });

    test("shows a script in a name as text", async () => {
      await visit(async (page, url) => {
        const name = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        await create(page, name);
        assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), name);
        assert.equal(await page.getByRole("status").innerText(), `“${name}” was created.`);
        await page.goto(url);
        assert.equal(await page.getByRole("rowheader").innerText(), name);
        await page.getByRole("link", { name: "Edit" }).click();
        assert.equal(await page.getByLabel("Name").inputValue(), name);
        assert.equal(await page.locator("script, img").count(), 0);
      });
    });

    test("refuses a form that another site sends in the visitor's name", async () => {
      const other = createServer((request, response) => {
        const action = new URL(request.url ?? "/", "http://other").searchParams.get("action") ?? "";
        response.setHeader("content-type", "text/html; charset=utf-8");
        response.end(
          `<form method="post" action="${action}"><input name="name" value="Forged"><button>Win</button></form>`,
        );
      }).listen(0, "127.0.0.1");
      try {
        await once(other, "listening");
        const { port } = other.address() as AddressInfo;
        await visit(async (page, url) => {
          await create(page, "Lamp");
          for (const action of [url, `${url}/1`, `${url}/1/delete`]) {
            await page.goto(`http://127.0.0.1:${port}/?action=${encodeURIComponent(action)}`);
            const [answer] = await Promise.all([
              page.waitForResponse((response) => response.request().method() === "POST"),
              page.getByRole("button", { name: "Win" }).click(),
            ]);
            assert.equal(answer.status(), 403);
            assert.match(await page.getByRole("main").innerText(), /This form was not accepted/);
          }
          await picture(page, "refused");
          await page.getByRole("link", { name: "All items" }).click();
          assert.deepEqual(await page.getByRole("rowheader").allInnerTexts(), ["Lamp"]);
        });
      } finally {
        other.closeAllConnections();
        other.close();
      }
    });

    test("can be used with the keyboard alone, on a small screen and in the dark", async () => {
      await visit(
        async (page, url) => {
          await page.keyboard.press("Tab");
          assert.equal(await page.locator(":focus").innerText(), "Skip to the content");
          await page.keyboard.press("Enter");
          await page.keyboard.press("Tab");
          assert.equal(await page.locator(":focus").innerText(), "Create the first item");
          await page.keyboard.press("Enter");
          await page.getByLabel("Name").waitFor();
          await page.getByLabel("Name").focus();
          await page.keyboard.type("A lamp with a name that is long enough to need more than one line on a phone");
          await page.keyboard.press("Enter");
          await page.getByRole("status").waitFor();
          await picture(page, "small-dark-shown");
          for (const number of Array.from({ length: 24 }, (_, index) => index + 1))
            await create(page, `Lamp ${number}`);
          await page.goto(url);
          await picture(page, "small-dark-list");
          const [inner, outer] = await page.evaluate<[number, number]>(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
          );
          assert.ok(inner <= outer, `the page is ${inner} wide on a screen of ${outer}`);
          await page.getByRole("link", { name: "Next" }).click();
          assert.equal(await page.getByRole("rowheader").count(), 5);
          const background = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
          assert.equal(background, "rgb(20, 22, 26)");
        },
        { viewport: { width: 360, height: 640 }, colorScheme: "dark" },
      );
    });

    test("says that a page is not there", async () => {
      await visit(async (page, url) => {
        const answer = await page.goto(`${url}/7/edit`);
        assert.equal(answer?.status(), 404);
        assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Not found");
        await picture(page, "not-found");
      });
    });
  });
}
