"use strict";
// Texts of episodes become text nodes and nothing else: no innerHTML, no attributes made of them.

const ROW = 44;          // pixels of a row of the list, as in the style
const SPARE = 10;        // rows drawn beyond what is seen
const KEPT = 12;         // unpacked parts that are kept
const SHOWN = 20000;     // characters of a text that are drawn before it is asked for
const LONG_DIFF = 1500;  // lines beyond which no differences are looked for
const COLOURS = /*COLOURS*/{};

const byId = (id) => document.getElementById(id);
const words = (verdict) => (verdict === "" ? "none" : visible(verdict.replaceAll("_", " ")));

function make(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  if (text !== null && text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// Signs that do not show, or that turn the order of others, by their pictures or numbers.
function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (sign) => {
    const code = sign.charCodeAt(0);
    if (code < 32) return String.fromCharCode(0x2400 + code);
    if (code === 127) return "\u2421";
    return "\u27e8U+" + code.toString(16).toUpperCase().padStart(4, "0") + "\u27e9";
  });
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

setTheme(window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
const otherTheme = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
byId("theme").addEventListener("click", otherTheme);

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const loaded = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else window.addEventListener("load", resolve);
});
const parts = new Map();

async function part(id) {
  if (!parts.has(id)) {
    if (!byId(id)?.nextElementSibling) await loaded;  // it may still be on its way
    if (parts.size >= KEPT) parts.delete(parts.keys().next().value);
    parts.set(id, unpack(byId(id).textContent));
  }
  return parts.get(id);
}

let index, columns, places = [], chosen = -1, asDiff = true, current = null;

const FILTERS = [["by-run", "run", "runs"], ["by-end", "end", "ends"], ["by-verdict", "verdict", "verdicts"],
  ["by-first", "first", "verdicts"], ["by-difficulty", "difficulty", "difficulties"]];

async function start() {
  index = await unpack(byId("index").textContent);
  columns = index.columns;
  for (const [id, column, names] of FILTERS) {
    const counts = new Array(index[names].length).fill(0);
    for (const value of columns[column]) counts[value] += 1;
    byId(id).append(make("option", "all", { value: "" }));
    index[names].forEach((name, number) => {
      if (counts[number]) byId(id).append(make("option", `${words(name)} (${counts[number]})`, { value: number }));
    });
    byId(id).addEventListener("change", filter);
  }
  byId("by-problem").addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("list").addEventListener("scroll", draw, { passive: true });
  byId("list").addEventListener("keydown", listKey);
  window.addEventListener("resize", draw);
  document.addEventListener("keydown", pageKey);
  filter();
}

function filter() {
  const wanted = FILTERS.map(([id, column]) => [columns[column], byId(id).value])
    .filter(([, value]) => value !== "").map(([column, value]) => [column, Number(value)]);
  const text = byId("by-problem").value.trim().toLowerCase();
  const named = index.problems.map((name) => name.toLowerCase().includes(text));
  places = [];
  for (let place = 0; place < columns.run.length; place += 1) {
    if (named[columns.problem[place]] && wanted.every(([column, value]) => column[place] === value)) places.push(place);
  }
  byId("count").textContent = `${places.length} of ${columns.run.length} episodes`;
  byId("rows").style.height = `${places.length * ROW}px`;
  byId("list").scrollTop = 0;
  choose(places.length ? 0 : -1);
}

function draw() {
  const list = byId("list"), rows = byId("rows");
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const to = Math.min(places.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  const drawn = [];
  for (let number = from; number < to; number += 1) drawn.push(drawRow(number));
  rows.replaceChildren(...drawn);
  if (chosen >= from && chosen < to) list.setAttribute("aria-activedescendant", `row-${chosen}`);
  else list.removeAttribute("aria-activedescendant");
}

function drawRow(number) {
  const place = places[number];
  const row = make("div", null, { class: "row", role: "option", id: `row-${number}`, "aria-setsize": places.length,
    "aria-posinset": number + 1, "aria-selected": number === chosen });
  row.style.top = `${number * ROW}px`;
  row.style.setProperty("--mark", colour(index.ends[columns.end[place]]));
  const run = index.runs.length > 1 ? `${visible(index.runs[columns.run[place]])} \u00b7 ` : "";
  const end = words(index.ends[columns.end[place]]);
  row.append(make("span", `${visible(index.problems[columns.problem[place]])} #${columns.rollout[place]}`));
  row.append(make("span", `${run}${end} \u00b7 ${count(columns.turns[place], "turn")}`, { class: "about" }));
  row.addEventListener("click", () => choose(number));
  return row;
}

const colour = (state) => (Object.hasOwn(COLOURS, state) ? COLOURS[state] : "#9a9a9a");
const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

function choose(number) {
  chosen = number;
  const list = byId("list");
  if (number >= 0) {
    if (number * ROW < list.scrollTop) list.scrollTop = number * ROW;
    else if ((number + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (number + 1) * ROW - list.clientHeight;
  }
  draw();
  show().catch((error) => byId("episode").replaceChildren(make("p", `This episode cannot be shown: ${error.message}`)));
}

function listKey(event) {
  const page = Math.max(1, Math.floor(byId("list").clientHeight / ROW) - 1);
  const steps = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + page, PageUp: chosen - page,
    Home: 0, End: places.length - 1 };
  if (!(event.key in steps) || !places.length || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  choose(Math.min(places.length - 1, Math.max(0, steps[event.key])));
}

function pageKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  const actions = { j: () => step(1), k: () => step(-1), d: otherView, t: otherTheme, "/": () => byId("by-problem").focus() };
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
}

function step(by) {
  if (places.length) choose(Math.min(places.length - 1, Math.max(0, chosen + by)));
}

function otherView() {
  asDiff = !asDiff;
  show();
}

async function show() {
  const article = byId("episode"), place = places[chosen];
  current = place;
  if (place === undefined) {
    article.replaceChildren(make("p", "No episode is like that."));
    return;
  }
  const problem = columns.problem[place];
  const episode = (await part(`episodes-${Math.floor(place / index.in_part)}`))[place % index.in_part];
  const statement = index.statements.includes(problem)
    ? (await part(`statements-${Math.floor(problem / index.in_part)}`))[problem % index.in_part] : null;
  if (current !== place) return;  // another one was chosen meanwhile
  article.replaceChildren(...drawEpisode(place, episode, statement));
  article.scrollTop = 0;
}

function drawEpisode(place, episode, statement) {
  const of = (column, names) => index[names][columns[column][place]];
  const about = [`run ${of("run", "runs")}`, of("difficulty", "difficulties") || "no difficulty", words(of("end", "ends")),
    `reward ${episode.reward}`, `${episode.seconds} s`];
  const nodes = [make("h3", `${visible(of("problem", "problems"))}, rollout ${columns.rollout[place]}`),
    make("p", visible(about.join(" \u00b7 ")), { class: "meta" })];
  if (episode.error) nodes.push(make("p", "It could not end, and counts nowhere:"), block(episode.error));
  if (statement === null) nodes.push(make("p", "The problem's statement was not found when this page was made; --problems names its set.", { class: "meta" }));
  else nodes.push(folded("Problem", statement));
  episode.turns.forEach((turn, number) => nodes.push(...drawTurn(turn, number, episode.turns[number - 1])));
  if (episode.private.length) nodes.push(make("h4", `Private tests: ${tally(episode.private)}`), chips(episode.private));
  return nodes;
}

function drawTurn(turn, number, before) {
  const told = [`reward ${turn.reward}`];
  if (turn.answer_s) told.push(`${turn.answer_s} s to answer`);
  if (turn.step_s) told.push(`${turn.step_s} s to judge`);
  if (turn.tokens[0] || turn.tokens[1]) told.push(`${turn.tokens[0]} + ${turn.tokens[1]} tokens`);
  const nodes = [make("h4", `Turn ${number + 1}: ${words(turn.verdict)}`), make("p", told.join(" \u00b7 "), { class: "meta" }),
    make("p", `Public tests: ${tally(turn.public)}`, { class: "meta" }), chips(turn.public)];
  if (before) {
    const button = make("button", "Differences", { type: "button", "aria-pressed": asDiff, title: "d" });
    button.addEventListener("click", otherView);
    nodes.push(button);
  }
  nodes.push(before && asDiff ? difference(before.program, turn.program) : block(turn.program));
  const answer = turn.answer?.around ? turn.answer.around.join(turn.program) : turn.answer;
  if (answer !== null) nodes.push(folded("Whole answer", answer));
  if (textOf(turn.feedback)) nodes.push(make("p", "Feedback", { class: "meta" }), block(turn.feedback));
  return nodes;
}

const textOf = (text) => (Array.isArray(text) ? text[0] : text);

function tally(verdicts) {
  const all = verdicts.reduce((sum, [, number]) => sum + number, 0);
  const passed = verdicts.reduce((sum, [verdict, number]) => sum + (verdict === "accepted" ? number : 0), 0);
  return `${passed} of ${count(all, "test")} passed`;
}

function chips(verdicts) {
  const list = make("ul", null, { class: "chips" });
  let first = 1;
  for (const [verdict, number] of verdicts.slice(0, 200)) {
    const which = number === 1 ? `${first}` : `${first} to ${first + number - 1}`;
    const chip = make("li", `${which}: ${words(verdict)}`, { class: "chip" });
    chip.style.setProperty("--mark", colour(verdict));
    list.append(chip);
    first += number;
  }
  return list;
}

function folded(title, text) {
  const details = make("details", null);
  details.append(make("summary", title), block(text));
  return details;
}

// A text; what is very long is drawn in part until the whole is asked for.
function block(text) {
  const whole = textOf(text);
  const holder = make("div", null);
  const pre = make("pre", whole === "" ? "(empty)" : visible(whole.slice(0, SHOWN)), { tabindex: 0 });
  holder.append(pre);
  if (whole.length > SHOWN) {
    const more = make("button", `Show all ${whole.length} characters`, { type: "button" });
    more.addEventListener("click", () => { pre.textContent = visible(whole); more.remove(); });
    holder.append(more);
  }
  if (Array.isArray(text)) holder.append(make("p", `${text[1]} more characters stand in the run's folder.`, { class: "meta" }));
  return holder;
}

function difference(before, after) {
  const left = textOf(before).split("\n"), right = textOf(after).split("\n");
  if (textOf(before) === textOf(after)) {
    const holder = make("div", null);
    holder.append(make("p", "The very program of the turn before.", { class: "meta" }), block(after));
    return holder;
  }
  if (left.length > LONG_DIFF || right.length > LONG_DIFF) return block(after);
  const pre = make("pre", null, { class: "lines", tabindex: 0 });
  for (const [sign, line] of changes(left, right)) {
    const kind = { "+": "added", "-": "removed", " ": "same" }[sign];
    pre.append(make("span", `${sign} ${visible(line)}`, { class: kind }));
  }
  return pre;
}

// Lines kept, removed and added, by a longest common subsequence of what lies between equal ends.
function changes(left, right) {
  let head = 0, tail = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  while (tail < left.length - head && tail < right.length - head
    && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  const a = left.slice(head, left.length - tail), b = right.slice(head, right.length - tail);
  const width = b.length + 1, best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] = a[i] === b[j] ? best[(i + 1) * width + j + 1] + 1
        : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  const found = left.slice(0, head).map((line) => [" ", line]);
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { found.push([" ", a[i]]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && best[(i + 1) * width + j] >= best[i * width + j + 1])) { found.push(["-", a[i]]); i += 1; }
    else { found.push(["+", b[j]]); j += 1; }
  }
  return found.concat(left.slice(left.length - tail).map((line) => [" ", line]));
}

if (byId("index")) {
  start().catch((error) => { byId("count").textContent = `The episodes cannot be shown: ${error.message}`; });
}
