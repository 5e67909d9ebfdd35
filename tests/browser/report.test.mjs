// The report in a real browser. FLAXSCAN names the program; SCREENSHOTS a directory for pictures.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, open } from "./browser.mjs";
import { PAYLOADS, forged, plant } from "./corpus.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const flaxscan = process.env.FLAXSCAN ?? join(root, "target/debug/flaxscan");
const directory = mkdtempSync(join(tmpdir(), "flaxscan-report-"));
const file = (name) => join(directory, name);
let browser;

function run(statuses, ...args) {
  const done = spawnSync(flaxscan, args, { cwd: root, encoding: "utf8" });
  assert.ok(statuses.includes(done.status), `${args.join(" ")}: ${done.status}\n${done.stderr}`);
}

before(async () => {
  browser = await launch();
  run([0], "scan", "samples", "-o", `json=${file("hits.jsonl")}`, "--report", file("samples.html"));
});

after(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

const scripted = (page) => page.waitForFunction(() => document.documentElement.classList.contains("scripted"));

// A page, and at the end nothing that it must not have done.
async function visit(name, run, options) {
  const { page, context, seen } = await open(browser, file(name), options);
  try {
    if (options?.javaScriptEnabled !== false) await scripted(page);
    await run(page);
    assert.deepEqual(seen, { requests: [], dialogs: [], errors: [], violations: [] });
  } finally {
    await context.close();
  }
}

const rowsOf = (page) => page.locator("#lines-body > tr:not(.more)").count();
const range = (page) => page.locator("#lines-range").textContent();
const picture = async (page, name) => {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
  }
};

test("it opens, and says what was found", () => visit("samples.html", async (page) => {
  assert.match(await page.title(), /^flaxscan report: \d+ hits$/);
  assert.match(await page.locator("h1").textContent(), /hosts reached or looked up/);
  assert.equal(await rowsOf(page), 100);
  assert.match(await range(page), /^1–100 of 1\d\d lines$/);
  const heads = ["Machines", "Indicators", "Who met what", "What was scanned, and what was not"];
  for (const head of heads) assert.equal(await page.getByRole("heading", { name: head, exact: true }).count(), 1);
  assert.match(await page.locator("#method").textContent(), /2025-01-03.*Integrity Technology Group/s);
  await picture(page, "light");
}));

test("lines are filtered, sorted and turned", () => visit("samples.html", async (page) => {
  const all = Number((await range(page)).match(/of (\d+)/)[1]);
  await page.getByRole("button", { name: "Last", exact: true }).click();
  assert.equal(await rowsOf(page), all - 100);
  await page.getByRole("button", { name: "Next" }).click({ force: true });
  assert.equal(await rowsOf(page), all - 100, "there is no next page");
  await page.getByLabel("Search in lines").fill("C0CC.cc  squid-access");
  await page.waitForFunction(() => !document.getElementById("filter-clear").disabled);
  const found = await rowsOf(page);
  assert.ok(found > 0 && found < 20);
  for (const line of await page.locator("#lines-body .place").allTextContents()) assert.match(line, /squid-access/);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Severity").selectOption("90");
  const badges = await page.locator("#lines-body .badge").allTextContents();
  assert.ok(badges.length > 0 && badges.every((badge) => badge.endsWith("critical")));
  await page.getByLabel("Severity").selectOption("");
  await page.getByLabel("Verdict").selectOption("unknown");
  const verdicts = await page.locator("#lines-body > tr:not(.more) > td:nth-child(4)").allTextContents();
  assert.ok(verdicts.every((verdict) => verdict === "not said"));
  await page.getByRole("button", { name: "Clear" }).click();
  const head = page.locator("#lines-table th[data-key=time]");
  for (const [order, sign] of [["ascending", 1], ["descending", -1]]) {
    await head.getByRole("button").click();
    assert.equal(await head.getAttribute("aria-sort"), order);
    const times = await page.locator("#lines-body > tr:not(.more) > td:nth-child(2)").allTextContents();
    const said = times.filter((time) => time !== "not said");
    assert.deepEqual(said, [...said].sort((a, b) => sign * (a < b ? -1 : Number(a > b))));
  }
  await page.getByLabel("Lines a page").selectOption("500");
  assert.equal(await rowsOf(page), all);
  const toggle = page.getByRole("button", { name: "Details of this line" }).first();
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-expanded"), "true");
  assert.match(await page.locator("#lines-body .details").first().textContent(), /Log format/);
}));

test("the time line zooms, and the lines follow", () => visit("samples.html", async (page) => {
  const whole = await page.locator("#time-period").textContent();
  const box = await page.locator("#time-all").boundingBox();
  await page.mouse.move(box.x + 1, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 20, { steps: 4 });
  await page.mouse.up();
  const zoomed = await page.locator("#time-period").textContent();
  assert.notEqual(zoomed, whole);
  const hits = Number(zoomed.match(/: (\d+) hit/)[1]);
  assert.ok(hits > 0);
  assert.match(await range(page), new RegExp(`of ${hits} lines?$`));
  assert.equal(await page.locator("#chips button").count(), 1);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Later" }).click();
  await page.getByRole("button", { name: "Earlier" }).click();
  await page.getByRole("button", { name: "Zoom out" }).click();
  await page.getByLabel("machine", { exact: true }).check();
  const lane = page.locator(".lane-name").first();
  await lane.click();
  assert.equal(await page.locator("#chips button").count(), 2);
  await page.getByRole("button", { name: "Whole period" }).click();
  assert.equal(await page.locator("#time-period").textContent(), whole);
  await page.locator("#chips button").click();
  assert.equal(await page.locator("#chips button").count(), 0);
  await page.getByRole("button", { name: /^All \d+$/ }).click();
  assert.ok(await page.locator(".lane-name").count() > 12);
}));

test("tables are sorted and lead to the lines", () => visit("samples.html", async (page) => {
  const head = page.locator("#machines th", { hasText: "Hits" }).first();
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  const hits = (await page.locator("#machines table").first().locator("tbody tr > :nth-child(3)").allTextContents()).map(Number);
  assert.deepEqual(hits, [...hits].sort((a, b) => b - a));
  const cell = page.locator("#matrix td button").first();
  const number = Number(await cell.textContent());
  await cell.click();
  assert.equal(await page.locator("#chips button").count(), 2);
  assert.equal(await rowsOf(page), number);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator("#scanned [data-file] button").first().click();
  assert.equal(await page.locator("#chips button").count(), 1);
}));

test("everything can be done with keys, and the focus is seen", () => visit("samples.html", async (page) => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.locator("#time-plot").focus();
  const whole = await page.locator("#time-period").textContent();
  for (const key of ["+", "+", "ArrowRight", "ArrowLeft", "-"]) await page.keyboard.press(key);
  assert.notEqual(await page.locator("#time-period").textContent(), whole);
  await page.keyboard.press("Home");
  assert.equal(await page.locator("#time-period").textContent(), whole);
  const button = page.getByRole("button", { name: "Next" });
  await button.focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#page-at").textContent(), /^page 2/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "page-next");
  const outlines = await page.evaluate(() => {
    const able = [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")];
    const some = able.filter((each, at) => each.checkVisibility() && at % 7 === 0);
    return some.map((each) => {
      each.focus({ focusVisible: true });
      return [each.outerHTML.slice(0, 80), getComputedStyle(each).outlineStyle];
    });
  });
  assert.ok(outlines.length > 10);
  for (const [element, style] of outlines) assert.notEqual(style, "none", element);
  const unnamed = await page.evaluate(() => {
    const name = (each) => each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent;
    return [...document.querySelectorAll("button, input, select")].filter((each) => !name(each)?.trim()).map((each) => each.outerHTML);
  });
  assert.deepEqual(unnamed, []);
}));

// Every text against what lies behind it, as WCAG 2.2 counts.
function contrasts() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => top.slice(0, 3).map((each, at) => (each * top[3] + below[at] * (255 - top[3])) / 255);
  const light = (colour) => {
    const [r, g, b] = colour.map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.unshift(rgba(getComputedStyle(each).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, style, .unseen, .skip")) continue;
    const style = getComputedStyle(element);
    const back = behind(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(over(rgba(colour), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    looked += 1;
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 90)}`);
  }
  return { looked, poor: [...new Set(poor)].slice(0, 10) };
}

for (const colorScheme of ["light", "dark"]) {
  test(`contrasts suffice: ${colorScheme}`, () => visit("samples.html", async (page) => {
    await page.getByRole("button", { name: "Details of this line" }).first().click();
    const { looked, poor } = await page.evaluate(contrasts);
    assert.ok(looked > 500);
    assert.deepEqual(poor, []);
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back === "rgb(255, 255, 255)", colorScheme === "light");
    await picture(page, colorScheme);
  }, { colorScheme }));
}

test("a telephone does", () => visit("samples.html", async (page) => {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.equal(wide, room);
  await page.getByLabel("Search in lines").fill("c0cc");
  await page.waitForFunction(() => !document.getElementById("filter-clear").disabled);
  await picture(page, "narrow");
}, { viewport: { width: 390, height: 844 } }));

test("nothing moves where that is not wanted", () => visit("samples.html", async (page) => {
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
}, { reducedMotion: "reduce" }));

test("it prints, bounded", () => visit("samples.html", async (page) => {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages > 3 && pages < 40, `${pages} pages`);
  if (process.env.SCREENSHOTS) writeFileSync(join(process.env.SCREENSHOTS, "report.pdf"), pdf);
}));

test("without scripts there is a summary", () => visit("samples.html", async (page) => {
  assert.equal(await page.locator("#lines-body > tr").count(), 50);
  assert.equal(await page.locator("#time-static").isVisible(), true);
  assert.equal(await page.locator("#filters").isVisible(), false);
  assert.ok(await page.locator("#machines tbody tr").count() > 5);
  await picture(page, "bare");
}, { javaScriptEnabled: false }));

test("more hits than the page has lines", async () => {
  const text = readFileSync(file("hits.jsonl"), "utf8");
  const most = 100_000 / text.trim().split("\n").length;
  writeFileSync(file("many.jsonl"), text.repeat(Math.ceil(most) + 1));
  run([0], "report", file("many.jsonl"), "-o", file("many.html"));
  await visit("many.html", async (page) => {
    assert.match(await page.locator("#lines .warning").textContent(), /This page has 100,000 of 100,\d+ hits/);
    assert.match(await range(page), /of 100,000 lines/);
    await page.locator("#time-plot").focus();
    await page.keyboard.press("+");
    await page.getByLabel("Search in lines").fill("no such thing");
    await page.waitForFunction(() => !document.getElementById("lines-none").hidden);
  });
});

test("nothing hit", async () => {
  writeFileSync(file("clean.log"), "nothing here\n");
  run([1], "scan", file("clean.log"), "-o", "quiet", "--report", file("clean.html"));
  await visit("clean.html", async (page) => {
    assert.match(await page.locator("body").textContent(), /“No hits” is not “not compromised”/);
    assert.match(await range(page), /^0 of 0 lines$/);
  });
});

test("answers that were followed are told, with where they stand", async () => {
  const evidence = file("answers");
  mkdirSync(evidence);
  const zeek = [
    "#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tdns",
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers",
    "1724066197.25\tC1\t10.1.2.3\t56726\t10.0.0.53\t53\tudp\twww.k3121.com\tA\tNOERROR\t203.0.113.77,203.0.113.78",
  ];
  const firewall = "Aug 19 2024 11:16:38 fw1 : %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.77/443 (203.0.113.77/443) to inside:10.1.2.3/50122 (192.0.2.1/50122)";
  writeFileSync(join(evidence, "a-fw.log"), `${firewall}\n`);
  writeFileSync(join(evidence, "b-dns.log"), `${zeek.join("\n")}\n`);
  run([0], "scan", evidence, "--follow-answers", "-o", `json=${file("answers.jsonl")}`, "--report", file("answers.html"));
  await visit("answers.html", async (page) => {
    assert.match(await page.locator("header .lead").textContent(), /^Followed 1 DNS answer to 2 unlisted addresses: 2 hits\. Which answers$/);
    await page.getByRole("link", { name: "Which answers" }).click();
    const table = page.locator("#followed-table tbody");
    assert.equal(await table.locator("tr").count(), 2);
    assert.match(await table.locator("tr").first().textContent(), /203\.0\.113\.77k3121\.com.*b-dns\.log:7/);
    await page.locator("#followed-table th button").first().click();
    await page.locator("#followed-table th button").first().click();
    assert.match(await table.locator("tr").first().textContent(), /^203\.0\.113\.78/);
    assert.equal(await page.getByText("The summary speaks of").count(), 0);
    assert.match(await page.locator("#lines-body").textContent(), /203\.0\.113\.77/);
    await picture(page, "answers");
  });
});

// What the page may hold: the elements of its own, whatever the data.
const hostile = (name) => visit(name, async (page) => {
  const harm = () => page.evaluate(() => ({
    canary: window.canary ?? null,
    strange: [...document.querySelectorAll("img, iframe, form[action], base, object, embed, math, template, link, video, audio")].length,
    scripts: document.scripts.length,
    styles: document.querySelectorAll("style").length,
    handlers: [...document.querySelectorAll("*")].filter((each) => [...each.attributes].some((one) => one.name.startsWith("on") || /^\s*javascript:/i.test(one.value) && one.name === "href")).length,
    prototype: Object.keys(Object.prototype).length,
  }));
  const none = { canary: null, strange: 0, scripts: 2, styles: 1, handlers: 0, prototype: 0 };
  assert.deepEqual(await harm(), none);
  const unseen = await page.evaluate(() => /[\u0000-\u0008\u000b-\u001f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/.test(document.body.innerText));
  assert.equal(unseen, false, "what cannot be seen is written out");
  // Everything that shows data has shown it.
  for (const toggle of (await page.getByRole("button", { name: "Details of this line" }).all()).slice(0, 40)) await toggle.click();
  for (const payload of PAYLOADS.slice(0, 8)) {
    await page.getByLabel("Search in lines").fill(payload.slice(0, 30));
    await page.waitForTimeout(200);
  }
  await page.getByLabel("Search in lines").fill("");
  await page.getByLabel("machine", { exact: true }).check().catch(() => {});
  const choose = page.locator(".choose, .lane-name");
  for (let at = 0; at < Math.min(25, await choose.count()); at += 1) await choose.nth(at).click();
  await page.mouse.move(300, 300);
  await page.waitForTimeout(200);
  assert.deepEqual(await harm(), none);
  await picture(page, `hostile-${name}`);
}, { reducedMotion: "reduce" });

// What would be seen if it happened: else the tests above and below would prove nothing.
test("the watch sees, and the policy is a second wall", async () => {
  const page = readFileSync(file("samples.html"), "utf8");
  const planted = "<img src=http://198.51.100.9/a><script>window.canary=1;alert(1)</script></body>";
  const harmed = page.replace("</body>", planted);
  const look = async (name, text) => {
    writeFileSync(file(name), text);
    const { page: tab, context, seen } = await open(browser, file(name));
    await tab.waitForTimeout(300);
    const canary = await tab.evaluate(() => window.canary ?? null);
    await context.close();
    return { ...seen, canary };
  };
  const bare = await look("bare.html", harmed.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
  assert.deepEqual([bare.canary, bare.dialogs], [1, ["1"]]);
  assert.ok(bare.requests.length > 0);
  const walled = await look("walled.html", harmed);
  // The attempt is seen here, too; it is the policy that ends it.
  assert.deepEqual([walled.canary, walled.dialogs], [null, []]);
  assert.deepEqual(walled.violations.map((one) => one.split(":")[0]).sort(), ["img-src", "script-src-elem"]);
});

test("hostile logs, names of files and lists do nothing", async () => {
  const { evidence, list } = plant(directory);
  run([2], "scan", evidence, "--indicators", list, "-o", `json=${file("hostile.jsonl")}`, "--report", file("hostile.html"));
  await hostile("hostile.html");
});

test("forged hits do nothing", async () => {
  const hit = JSON.parse(readFileSync(file("hits.jsonl"), "utf8").split("\n")[2]);
  writeFileSync(file("forged.jsonl"), `${forged(hit).join("\n")}\n`);
  run([0], "report", file("forged.jsonl"), "-o", file("forged.html"));
  await hostile("forged.html");
});
