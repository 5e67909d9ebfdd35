// Opens a report and says how long it takes, as JSON: until the lines are there, until a search, a
// filter and a sorting have shown theirs. Medians of several runs, in milliseconds.

import { launch, open } from "./browser.mjs";

const [file, rounds = "5", ...words] = process.argv.slice(2);
const word = words.join(" ") || "443";

const browser = await launch();
const times = { open: [], search: [], again: [], filter: [], sort: [], turn: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  const began = performance.now();
  const { page, context, seen } = await open(browser, file);
  await page.waitForFunction(() => document.documentElement.classList.contains("scripted")
    && document.getElementById("lines-range").textContent !== "");
  times.open.push(performance.now() - began);
  // In the page, so that the way there and back is not counted; until it is drawn.
  const spent = await page.evaluate(async (word) => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const timed = async (run) => {
      await drawn();
      const began = performance.now();
      await run();
      await drawn();
      return performance.now() - began;
    };
    const typed = (text) => () => new Promise((done) => {
      const search = document.getElementById("filter-search");
      const seen = new MutationObserver(() => {
        seen.disconnect();
        done();
      });
      seen.observe(document.getElementById("lines-range"), { childList: true });
      search.value = text;
      search.dispatchEvent(new Event("input"));
    });
    const chosen = (id, value) => () => {
      const select = document.getElementById(id);
      select.value = value;
      select.dispatchEvent(new Event("change"));
    };
    const pressed = (selector) => () => document.querySelector(selector).click();
    return {
      search: await timed(typed(word)),
      again: await timed(typed(`${word} 1`)),
      filter: await timed(chosen("filter-severity", "70")),
      turn: await timed(pressed("#page-last")),
      sort: await (async () => {
        await timed(pressed("#filter-clear"));
        return timed(pressed("th[data-key=file] button"));
      })(),
    };
  }, word);
  for (const [name, time] of Object.entries(spent)) times[name].push(time);
  if (Object.values(seen).flat().length > 0) throw new Error(JSON.stringify(seen));
  await context.close();
}
await browser.close();

const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
const medians = Object.entries(times).map(([name, all]) => [name, Math.round(median(all))]);
console.log(JSON.stringify(Object.fromEntries(medians)));
