// Logs, lists, names of files and stored hits that want to be markup or script.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Each would set `window.canary`, open a dialog or ask the network for something, were it not text.
export const PAYLOADS = [
  "<script>window.canary=1;alert(1)</script>",
  "</script><script>window.canary=1</script>",
  "</ScRiPt ><img src=x onerror=window.canary=1>",
  "<!--<script>window.canary=1//-->",
  "--></style></title></textarea><svg onload=window.canary=1>",
  "\"><img src=http://198.51.100.9/a onerror=alert(1)>",
  "' onmouseover='window.canary=1' autofocus onfocus='window.canary=1' x='",
  "`${window.canary=1}` {{constructor.constructor('window.canary=1')()}} {{data}} {{script}}",
  "javascript:window.canary=1",
  "\\\"};window.canary=1;//",
  "\\u003cscript\\u003ewindow.canary=1\\u003c/script\\u003e",
  "&lt;script&gt;window.canary=1&lt;/script&gt; &#60;img src=x onerror=window.canary=1&#62;",
  "<iframe srcdoc='<script>parent.canary=1</script>'></iframe>",
  "<meta http-equiv=refresh content='0;url=http://198.51.100.9/'>",
  "<base href=http://198.51.100.9/><link rel=stylesheet href=//198.51.100.9/x.css>",
  "<style>@import url(http://198.51.100.9/x.css);*{background:url(http://198.51.100.9/y)}</style>",
  "<form action=http://198.51.100.9/><button>x</button></form>",
  "<math><mi xlink:href=javascript:window.canary=1>x</mi></math><template><img src=x></template>",
  "\u2028window.canary=1\u2029",
  "\u202egnp.exe\u202c \u2066isolated\u2069 \u200bunseen\ufeff",
  "__proto__ constructor toString hasOwnProperty",
  "]]><![CDATA[<script>window.canary=1</script>]]>",
];

// Writes the evidence and a list; gives the directories.
export function plant(directory) {
  const evidence = join(directory, "evidence");
  mkdirSync(evidence);
  const lines = [];
  PAYLOADS.forEach((payload, at) => {
    const safe = payload.replace(/[\u2028\u2029\n]/g, "");
    lines.push(`2024-08-20T09:0${at % 10}:00Z host kernel: ${payload} DST=45.77.231.209 ${payload}`);
    lines.push(`192.0.2.${at} - ${payload} [20/Aug/2024:09:02:45 +0000] "GET http://c0cc.cc/${payload} HTTP/1.1" 200 5 "${payload}" "${payload}"`);
    lines.push(JSON.stringify({ timestamp: "2024-08-20T09:02:45.1+0000", event_type: "dns", src_ip: payload, dns: { type: "query", rrname: "www.k3121.com", rrtype: payload } }));
    lines.push(`date=2024-08-21 time=10:10:10 devname="${payload}" type="traffic" user="${payload}" action="${payload}" srcip=192.168.40.23 dstip=45.77.231.209 dstport=443`);
    lines.push(`${safe} evil${at}.example.test ${payload}`);
  });
  writeFileSync(join(evidence, "hostile.log"), Buffer.concat([
    Buffer.from(`${lines.join("\n")}\n`),
    Buffer.from("\x1b]0;title\x07\x1b[2J\x00\x08c0cc.cc \xff\xfe<b>\xed\xa0\x80 c0cc.cc\r\n", "latin1"),
  ]));
  for (const [at, payload] of PAYLOADS.entries()) {
    // No name of a file has a slash in it.
    const name = `${at} ${payload.replaceAll("/", "\u2215").slice(0, 70)}.log`;
    writeFileSync(join(evidence, name), `${at} c0cc.cc ${payload}\n`);
  }
  // An input with a problem, so that it is named as such.
  writeFileSync(join(evidence, "<img src=x onerror=alert(2)>.gz"), Buffer.from("1f8b0800000000000003ffff", "hex"));
  const list = join(directory, "<script>alert(`list`)<\u2215script>'\".txt");
  const values = PAYLOADS.map((payload, at) => `evil${at}.example.test # ${payload.replace(/[\n\u2028\u2029]/g, "")}`);
  writeFileSync(list, `# ${PAYLOADS[0]}\n${values.join("\n")}\n`);
  return { evidence, list };
}

// The same document with every text in it replaced, as nobody but a forger writes it.
export function forged(hit) {
  const kept = new Set(["@timestamp", "ingested", "ip", "first_seen", "last_seen", "resolved_ip"]);
  const replaced = (value, key, payload) => {
    if (kept.has(key)) return value;
    if (typeof value === "string") return payload;
    if (Array.isArray(value)) return value.map((each) => replaced(each, key, payload));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, name, payload)]));
  };
  return PAYLOADS.map((payload) => JSON.stringify(replaced(hit, "", payload)));
}
