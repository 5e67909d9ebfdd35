// Chromium with a fresh profile that reaches no network, and what it did all the same.

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const CANDIDATES = [
  process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
];

export const executable = CANDIDATES.find((path) => path && existsSync(path));

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run",
];

export async function launch() {
  if (!executable) throw new Error("no chromium: set CHROMIUM to its path");
  return chromium.launch({ executablePath: executable, args: FLAGS });
}

// Opens a file, and watches everything that a page must not do.
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const url = pathToFileURL(file).href;
  const seen = { requests: [], dialogs: [], errors: [], violations: [] };
  await context.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked === url || asked.startsWith(`${url}#`)) return route.continue();
    seen.requests.push(asked);
    return route.abort();
  });
  await context.exposeBinding("reportViolation", (_, what) => seen.violations.push(what));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.on("request", (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith(`${url}#`)) seen.requests.push(asked);
  });
  page.on("websocket", (socket) => seen.requests.push(socket.url()));
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  await page.goto(url);
  return { page, context, seen };
}
