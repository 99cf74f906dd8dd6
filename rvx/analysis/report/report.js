"use strict";
// Draws the tables and charts of a report from the data in the page. Numbers come as they are;
// texts are only ever put in as text, so that no name can be markup.

const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const PAGE_OF_ROWS = 50;
const MOST_PRINTED = 1000;
const MOST_POINTS = 1500;
const tip = document.getElementById("tip");

function element(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function shape(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function said(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(3);
  return (+value.toPrecision(4)).toLocaleString("en", { maximumSignificantDigits: 4 });
}

// The label of a tick, short enough for the margin: 0.05, 20,000, 10⁶, 2·10⁻⁴.
function tickText(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return said(value);
  const [digits, power] = value.toExponential(2).split("e").map(Number);
  const raised = "10" + [...String(power)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("");
  return digits === 1 ? raised : `${digits}·${raised}`;
}

// Hovering, touching and focusing show the same.
function tell(node, text) {
  node.setAttribute("tabindex", "0");
  node.setAttribute("aria-label", text);
  const show = (x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - box.width - 4)) + "px";
    tip.style.top = (y + 14 + box.height > innerHeight ? Math.max(4, y - box.height - 10) : y + 14) + "px";
  };
  node.addEventListener("pointermove", (event) => show(event.clientX, event.clientY));
  node.addEventListener("pointerleave", () => { tip.hidden = true; });
  node.addEventListener("focus", () => {
    const box = node.getBoundingClientRect();
    show(box.right, box.bottom);
  });
  node.addEventListener("blur", () => { tip.hidden = true; });
}

// Scales.

// Round numbers within a range: multiples of a step.
function rounds(low, high) {
  const raw = (high - low) / 6, power = 10 ** Math.floor(Math.log10(raw)), found = [];
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) found.push(+tick.toPrecision(10));
  return found;
}

// The same where they are drawn by their logarithms: powers of ten, and between few of them 2 and 5.
function decades(low, high) {
  const width = Math.log10(high / low);
  if (width < 0.6) return rounds(low, high);
  const step = Math.ceil(width / 7), factors = width < 3 ? [1, 2, 5] : [1], found = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    if (power % step) continue;
    found.push(...factors.map((factor) => +(factor * 10 ** power).toPrecision(3)));
  }
  return found.filter((tick) => tick >= low && tick <= high);
}

function scale(values, from, to, logarithmic) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  if (!(low <= high)) { low = logarithmic ? 1 : 0; high = low + 1; }
  if (logarithmic) { low = Math.log2(low); high = Math.log2(high); }
  const room = (high - low) * 0.06 || Math.abs(low) * 0.1 || 0.5;
  low -= room; high += room;
  const at = (value) => from + ((logarithmic ? Math.log2(value) : value) - low) / (high - low) * (to - from);
  const ticks = logarithmic ? decades(2 ** low, 2 ** high) : rounds(low, high);
  return { at, ticks: ticks.map((tick) => [at(tick), tickText(tick)]) };
}

// On a telephone a chart is drawn smaller, so that its letters are not.
const WIDTH = Math.max(300, Math.min(520, innerWidth - 24)), HEIGHT = 320, LEFT = 58, RIGHT = 12, TOP = 26, BOTTOM = 44;

function frame(figure, label) {
  const svg = shape(figure, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  return svg;
}

function axes(svg, x, y, nameX, nameY, ticksX) {
  for (const [at, text] of y.ticks) {
    shape(svg, "line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at });
    shape(svg, "text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, text);
  }
  let free = -Infinity;
  for (const [at, text] of ticksX ?? x.ticks) {
    shape(svg, "line", { class: "grid", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM });
    const half = text.length * 3.6;
    if (at - half < free) continue;
    free = at + half + 4;
    shape(svg, "text", { x: at, y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, text);
  }
  shape(svg, "text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, nameX);
  // Above the axis, where it is read without turning the head and meets no tick.
  shape(svg, "text", { x: 4, y: 14 }, nameY);
}

// A mark for each family besides its colour.
const MARKS = {
  o: (x, y) => `M${x - 5},${y}a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z`,
  s: (x, y) => `M${x - 4.5},${y - 4.5}h9v9h-9z`,
  D: (x, y) => `M${x},${y - 6}l6,6l-6,6l-6,-6z`,
  "^": (x, y) => `M${x},${y - 6}l6,11h-12z`,
  v: (x, y) => `M${x},${y + 6}l6,-11h-12z`,
  X: (x, y) => `M${x - 5},${y - 5}l2,-1l3,4l3,-4l2,1l-3,5l3,5l-2,1l-3,-4l-3,4l-2,-1l3,-5z`,
};
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"];

class View {
  constructor(study, place) {
    this.study = study;
    this.place = place;
    this.hidden = new Set();
    const series = study.columns.findIndex((column) => column.role === "series");
    this.series = series;
    this.names = series < 0 ? [] : [...new Set(study.columns[series].values)];
    this.length = series < 0 ? 0 : study.columns[series].values.length;
    // Colours tell families apart; where there is one only, they tell names apart.
    const isMixed = new Set(this.names.map((name) => this.family(name))).size > 1;
    const looks = Object.values(data.families);
    // Of the many choices of a search, a colour says only whether nothing is better.
    this.isCrowded = !isMixed && study.kind === "search" && this.names.length > looks.length;
    this.best = looks[0][0];
    const seen = {};
    this.dash = {};
    this.look = {};
    for (const name of this.names) {
      const family = this.family(name);
      seen[family] = (seen[family] ?? -1) + 1;
      // Names with the same colour have another mark, and another dash.
      const nth = seen[family], turn = Math.floor(nth / looks.length);
      const distinct = [looks[nth % looks.length][0], looks[(nth + turn) % looks.length][1]];
      this.look[name] = this.isCrowded ? ["#8a8a8a", "o"] : isMixed ? data.families[family] : distinct;
      this.dash[name] = DASHES[(isMixed ? seen[family] : Math.floor(seen[family] / looks.length)) % DASHES.length];
    }
    this.charts = [];
    this.build();
  }

  family(name) { return this.study.families[name] ?? "other"; }
  colour(name) { return (this.look[name] ?? data.families.other)[0]; }
  mark(name) { return (this.look[name] ?? data.families.other)[1]; }
  shown(name) { return !this.hidden.has(name); }
  columns(role) { return this.study.columns.filter((column) => column.role === role); }

  build() {
    const place = this.place;
    if (this.names.length > 1 && !this.isCrowded && this.study.kind !== "profile") {
      this.legend = element("div", { class: "legend", role: "group", "aria-label": "show and hide" });
      place.append(this.legend);
      this.buildLegend();
    }
    const charts = element("div", { class: "charts" });
    place.append(charts);
    const costs = this.columns("cost"), errors = this.columns("error");
    const cost = costs.every((one) => one.name.startsWith("instructions")) ? "instructions" : costs[0]?.name;
    if (costs.length && errors.length) this.add(charts, `Accuracy over ${cost}`, (f) => this.pareto(f), [["cost", costs], ["error", errors]]);
    if (Object.keys(this.study.mixes).length) this.add(charts, `Mix: ${this.study.mix_unit} by class`, (f) => this.mix(f), [], Object.keys(this.study.mixes).length > 20);
    if (Object.keys(this.study.spreads).length) this.add(charts, "Errors of single results", (f) => this.spread(f));
    const lines = this.columns("axis").filter((column) => new Set(column.values.map(String)).size > 1);
    if (Object.keys(this.study.curves).length) {
      this.add(charts, "While it learnt", (f) => this.learning(f), [["measure", Object.keys(this.study.curves).map((name) => ({ name }))]]);
    }
    if (lines.length && errors.length + costs.length) this.add(charts, "Over what was asked", (f) => this.lines(f), [["axis", lines], ["result", [...errors, ...costs]]]);
    if (this.length) this.table();
    this.draw();
  }

  buildLegend() {
    const sorted = [...this.names].sort((a, b) => Object.keys(data.families).indexOf(this.family(a)) - Object.keys(data.families).indexOf(this.family(b)));
    for (const name of sorted) {
      const button = element("button", { type: "button", "aria-pressed": "true" });
      const swatch = shape(button, "svg", { class: "swatch", viewBox: "0 0 14 14", "aria-hidden": "true" });
      shape(swatch, "path", { d: MARKS[this.mark(name)](7, 7), fill: this.colour(name) });
      button.append(name);
      button.addEventListener("click", () => {
        if (!this.hidden.delete(name)) this.hidden.add(name);
        button.setAttribute("aria-pressed", String(this.shown(name)));
        this.draw();
      });
      button.addEventListener("pointerenter", () => this.light(name, true));
      button.addEventListener("pointerleave", () => this.light(name, false));
      this.legend.append(button);
    }
    const all = element("button", { type: "button" }, "all / none");
    all.addEventListener("click", () => {
      this.hidden = this.hidden.size ? new Set() : new Set(this.names);
      for (const button of this.legend.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", String(!this.hidden.size));
      this.draw();
    });
    this.legend.append(all);
  }

  light(name, on) {
    for (const node of this.place.querySelectorAll("svg [data-name]")) node.classList.toggle("on", on && node.dataset.name === name);
  }

  add(charts, caption, draw, choices = [], tall = false) {
    const figure = element("figure", tall ? { class: "tall" } : {});
    figure.append(element("figcaption", {}, caption));
    const chart = { figure, draw, chosen: {} };
    const tools = element("div", { class: "tools" });
    for (const [key, columns] of choices) {
      chart.chosen[key] = columns[0];
      if (columns.length < 2) continue;
      const select = element("select", { "aria-label": key });
      columns.forEach((column, i) => select.append(element("option", { value: i }, column.name)));
      select.addEventListener("change", () => { chart.chosen[key] = columns[+select.value]; this.draw(); });
      const label = element("label", {}, key);
      label.append(select);
      tools.append(label);
    }
    if (tools.children.length) figure.append(tools);
    chart.body = element("div");
    chart.notes = element("p", { class: "hint" });
    figure.append(chart.body, chart.notes);
    charts.append(figure);
    this.charts.push(chart);
  }

  draw() {
    for (const chart of this.charts) {
      chart.body.replaceChildren();
      chart.notes.textContent = "";
      chart.draw(chart);
    }
  }

  // Rows that are alike but for the seed, or else all of a variant, become their mean.
  points(x, y) {
    const names = this.study.columns[this.series].values;
    const asked = this.columns("axis");
    const group = (key) => {
      const found = new Map();
      for (let i = 0; i < this.length; i++) {
        if (!this.shown(names[i]) || x.values[i] === null || y.values[i] === null) continue;
        const at = key(i), old = found.get(at);
        if (old) { old.x += x.values[i]; old.y += y.values[i]; old.count++; }
        else found.set(at, { name: names[i], x: x.values[i], y: y.values[i], count: 1, row: i });
      }
      return [...found.values()].map((p) => ({ ...p, x: p.x / p.count, y: p.y / p.count }));
    };
    const fine = group((i) => names[i] + "\0" + asked.map((column) => column.values[i]).join("\0"));
    return fine.length <= MOST_POINTS ? fine : group((i) => names[i]);
  }

  pareto(chart) {
    const { cost, error } = chart.chosen;
    let points = this.points(cost, error).filter((p) => p.x > 0);
    const logarithmic = !error.larger && points.some((p) => p.y > 0);
    if (logarithmic) points = this.above0(chart, points);
    const x = scale(points.map((p) => p.x), LEFT, WIDTH - RIGHT, true);
    const y = scale(points.map((p) => p.y), HEIGHT - BOTTOM, TOP, logarithmic);
    const svg = frame(chart.body, `${error.name} over ${cost.name}`);
    axes(svg, x, y, cost.name, error.name);
    const better = error.larger ? (a, b) => a > b : (a, b) => a < b;
    const front = [];
    for (const point of [...points].sort((a, b) => a.x - b.x || (better(a.y, b.y) ? -1 : 1))) {
      if (!front.length || better(point.y, front.at(-1).y)) front.push(point);
    }
    if (front.length) {
      let path = `M${x.at(front[0].x)},${y.at(front[0].y)}`;
      for (const point of front.slice(1)) path += `H${x.at(point.x)}V${y.at(point.y)}`;
      shape(svg, "path", { class: "front", d: path + `H${WIDTH - RIGHT}` });
    }
    const best = new Set(front);
    const behind = points.filter((point) => !best.has(point));
    for (const point of [...behind, ...front]) {
      const group = shape(svg, "g", { "data-name": point.name });
      const at = [x.at(point.x), y.at(point.y)];
      const fill = this.isCrowded && best.has(point) ? this.best : this.colour(point.name);
      shape(group, "path", { class: "mark", d: MARKS[this.mark(point.name)](...at), fill });
      const asked = this.columns("axis").filter((column) => column.values[point.row] !== null && column.name !== "VLEN" || column.name === "VLEN" && column.values[point.row]);
      tell(group, [point.name, `${cost.name}: ${said(point.x)}`, `${error.name}: ${said(point.y)}`,
        ...asked.map((column) => `${column.name}: ${said(column.values[point.row])}`),
        ...(point.count > 1 ? [`mean of ${point.count} rows`] : []),
        ...(best.has(point) ? ["nothing is better in both"] : [])].join("\n"));
    }
    this.names_of(svg, front.map((p) => [x.at(p.x), y.at(p.y), p.name]), points.map((p) => [x.at(p.x), y.at(p.y)]));
  }

  // What a logarithm can show; the others are named below the chart.
  above0(chart, points) {
    const names = [...new Set(points.filter((p) => p.y <= 0).map((p) => p.name))];
    if (names.length) {
      const few = names.slice(0, 6).join(", ") + (names.length > 6 ? ` and ${names.length - 6} others` : "");
      chart.notes.textContent = `At 0, which no logarithm shows: ${few}.`;
    }
    return points.filter((p) => p.y > 0);
  }

  // Names beside the points of the front, where there is room.
  names_of(svg, labels, marks) {
    const taken = [], named = new Set();
    const meets = (tx, ty, width, boxes) => boxes.some(([l, t, r, b]) => tx < r && l < tx + width && ty - 12 < b && t < ty);
    const points = marks.map(([px, py]) => [px - 5, py - 5, px + 5, py + 5]);
    for (const [px, py, name] of labels) {
      if (named.has(name)) continue;
      named.add(name);
      const width = name.length * 6.6 + 4;
      const places = [[px + 8, py - 7], [px - 8 - width, py - 7], [px + 8, py + 16], [px - 8 - width, py + 16], [px - width / 2, py - 12]];
      const within = places.filter(([tx, ty]) => tx >= LEFT && tx + width <= WIDTH && ty > TOP + 8 && ty < HEIGHT - BOTTOM && !meets(tx, ty, width, taken));
      const free = within.find(([tx, ty]) => !meets(tx, ty, width, points)) ?? within[0];
      if (!free) continue;
      const [tx, ty] = free;
      taken.push([tx, ty - 12, tx + width, ty]);
      shape(svg, "text", { x: tx, y: ty }, name);
    }
  }

  mix(chart) {
    const names = Object.keys(this.study.mixes).filter((name) => this.shown(name));
    const kinds = data.classes.filter(([kind]) => names.some((name) => this.study.mixes[name][kind]));
    const isRare = (kind) => !data.classes.some(([known]) => known === kind);
    const others = [...new Set(names.flatMap((name) => Object.keys(this.study.mixes[name])))].filter(isRare).sort();
    const all = others.length ? [...kinds, [others.join(", "), data.rest]] : kinds;
    const counted = (name, kind) => kind.split(", ").reduce((sum, one) => sum + (this.study.mixes[name][one] ?? 0), 0);
    const legend = element("div", { class: "legend" });
    for (const [kind, colour] of all) {
      const entry = element("span", { style: "font-size:.85rem;margin-right:.6rem" });
      entry.append(element("span", { class: "swatch", style: `background:${colour}` }), kind);
      legend.append(entry);
    }
    chart.body.append(legend);
    const left = Math.min(150, Math.max(0, ...names.map((name) => name.length)) * 7 + 8), row = 19;
    const height = names.length * row + 30;
    const total = (name) => Object.values(this.study.mixes[name]).reduce((a, b) => a + b, 0);
    const most = Math.max(...names.map(total), 1e-9);
    const svg = shape(chart.body, "svg", { viewBox: `0 0 ${WIDTH} ${Math.max(height, 40)}`, role: "img", "aria-label": "mix of instructions" });
    names.forEach((name, i) => {
      shape(svg, "text", { x: left - 6, y: i * row + 14, "text-anchor": "end" }, name.length > 21 ? name.slice(0, 20) + "…" : name);
      let at = left;
      for (const [kind, colour] of all) {
        const count = counted(name, kind);
        if (!count) continue;
        const width = count / most * (WIDTH - left - 60);
        const bar = shape(svg, "g", { "data-name": name });
        shape(bar, "rect", { class: "mark", x: at, y: i * row + 2, width: Math.max(width, 0.3), height: row - 4, fill: colour });
        tell(bar, `${name}\n${kind}: ${said(count)} (${(100 * count / total(name)).toFixed(1)} %)`);
        at += width;
      }
      shape(svg, "text", { x: at + 5, y: i * row + 14 }, said(total(name)));
    });
    shape(svg, "text", { x: left, y: names.length * row + 20 }, this.study.mix_unit);
  }

  spread(chart) {
    const names = Object.keys(this.study.spreads).filter((name) => this.shown(name));
    let low = 0, high = 1;
    for (const name of names) {
      const { first, counts } = this.study.spreads[name].histogram;
      if (counts.length) { low = Math.min(low, first); high = Math.max(high, first + counts.length); }
    }
    const x = scale([2 ** low, 2 ** high], LEFT, WIDTH - RIGHT, true), y = scale([0, 1], HEIGHT - BOTTOM, TOP, false);
    const svg = frame(chart.body, "share of results over error");
    axes(svg, x, y, "error, ulp", "share with at most this error");
    for (const name of names) {
      const spread = this.study.spreads[name];
      const { first, counts } = spread.histogram;
      const results = spread.exact + spread.not_finite + counts.reduce((a, b) => a + b, 0);
      let sum = spread.exact, path = `M${LEFT},${y.at(sum / results)}H${x.at(2 ** first)}`;
      counts.forEach((count, i) => { sum += count; path += `L${x.at(2 ** (first + i + 1))},${y.at(sum / results)}`; });
      const group = shape(svg, "g", { "data-name": name });
      shape(group, "path", { class: "line", d: path + `H${WIDTH - RIGHT}`, stroke: this.colour(name), "stroke-dasharray": this.dash[name] ?? "" });
      tell(group, [name, ...Object.entries(spread.quantiles).map(([share, ulp]) => `${+share * 100} %: ${said(ulp)} ulp`),
        `bias: ${said(spread.bias_ulp)} ulp`, `digits: median ${said(spread.digits.median)}, least ${said(spread.digits.least)}`,
        `against ${spread.against}`].join("\n"));
    }
  }

  lines(chart) {
    const { axis, result } = chart.chosen;
    const names = this.study.columns[this.series].values;
    const sums = new Map();
    const numeric = axis.values.every((value) => value === null || typeof value === "number");
    const places = [...new Set(axis.values.filter((value) => value !== null))];
    if (numeric) places.sort((a, b) => a - b);
    const rows = [...Array(this.length).keys()].filter((i) => this.shown(names[i]) && result.values[i] !== null && axis.values[i] !== null);
    const logarithmic = !result.larger && rows.every((i) => result.values[i] >= 0) && rows.some((i) => result.values[i] > 0);
    const points = rows.map((i) => ({ name: names[i], at: axis.values[i], y: result.values[i] }));
    for (const { name, at, y: value } of logarithmic ? this.above0(chart, points) : points) {
      if (!sums.has(name)) sums.set(name, new Map());
      const line = sums.get(name), old = line.get(at) ?? [0, 0];
      line.set(at, [old[0] + value, old[1] + 1]);
    }
    const means = [...sums].map(([name, line]) => [name, [...line].map(([at, [sum, count]]) => [places.indexOf(at), sum / count, count]).sort((a, b) => a[0] - b[0])]);
    const y = scale(means.flatMap(([, line]) => line.map((point) => point[1])), HEIGHT - BOTTOM, TOP, logarithmic);
    const x = scale(places.map((_, i) => i), LEFT, WIDTH - RIGHT, false);
    const every = Math.ceil(places.length / 8);
    const ticks = places.map((place, i) => [x.at(i), said(place)]).filter((_, i) => i % every === 0);
    this.polylines(chart, means, x, y, [axis.name, result.name], ticks, (at) => said(places[at]));
  }

  // A curve for each name, of means: [place, value, how many rows].
  polylines(chart, lines, x, y, [nameX, nameY], ticks, place) {
    const svg = frame(chart.body, `${nameY} over ${nameX}`);
    axes(svg, x, y, nameX, `${nameY}, mean`, ticks);
    for (const [name, line] of lines) {
      const group = shape(svg, "g", { "data-name": name });
      shape(group, "path", { class: "line", d: "M" + line.map(([at, value]) => `${x.at(at)},${y.at(value)}`).join("L"), stroke: this.colour(name), "stroke-dasharray": this.dash[name] });
      for (const [at, value] of line) shape(group, "path", { class: "mark", d: MARKS[this.mark(name)](x.at(at), y.at(value)), fill: this.colour(name) });
      tell(group, [name, ...line.map(([at, value, count]) => `${nameX} ${place(at)}: ${said(value)}${count > 1 ? ` (mean of ${count})` : ""}`)].join("\n"));
    }
  }

  learning(chart) {
    const measure = chart.chosen.measure.name;
    const lines = Object.entries(this.study.curves[measure]).filter(([name]) => this.shown(name))
      .map(([name, values]) => [name, values.map((value, i) => [i + 1, value, 1]).filter(([, value]) => value !== null)]);
    const points = lines.flatMap(([, line]) => line);
    const x = scale(points.map((point) => point[0]), LEFT, WIDTH - RIGHT, false);
    const y = scale(points.map((point) => point[1]), HEIGHT - BOTTOM, TOP, measure === "loss" && points.every((point) => point[1] > 0));
    const epochs = [...new Set(points.map((point) => point[0]))], every = Math.ceil(epochs.length / 8);
    const ticks = epochs.filter((epoch) => epoch % every === 0).map((epoch) => [x.at(epoch), said(epoch)]);
    this.polylines(chart, lines, x, y, ["epoch", measure], ticks, said);
  }

  table() {
    const columns = this.study.columns, rows = [...Array(this.length).keys()];
    const tools = element("div", { class: "tools" });
    const filter = element("input", { type: "search", placeholder: "filter: f32, digits > 5, K = 64", "aria-label": "filter the table", size: 28 });
    const count = element("span", { class: "hint" });
    tools.append(filter, count);
    const wide = element("div", { class: "wide" }), table = element("table"), body = element("tbody");
    const header = element("tr");
    let sorted = null, descending = false, limit = PAGE_OF_ROWS;
    const isText = columns.map((column) => column.values.some((value) => typeof value === "string"));
    columns.forEach((column, i) => {
      const cell = element("th", isText[i] ? { class: "l", scope: "col" } : { scope: "col" });
      const button = element("button", { type: "button" }, column.name);
      button.addEventListener("click", () => {
        descending = sorted === i ? !descending : !isText[i] && column.larger;
        sorted = i;
        for (const other of header.children) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
        show();
      });
      cell.append(button);
      header.append(cell);
    });
    const more = element("button", { type: "button" }, "more");
    more.addEventListener("click", () => { limit *= 4; show(); });
    const show = () => {
      const test = conditions(filter.value, columns);
      const found = rows.filter(test);
      if (sorted !== null) {
        const values = columns[sorted].values;
        found.sort((a, b) => {
          const x = values[a], y = values[b];
          if (x === null || y === null) return (x === null) - (y === null);
          return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
        });
      }
      body.replaceChildren(...found.slice(0, limit).map((row) => {
        const line = element("tr");
        columns.forEach((column, i) => {
          const cell = element("td", isText[i] ? { class: "l" } : {}, said(column.values[row]));
          if (column.role === "emulation" && !data.well.includes(column.values[row])) cell.className = "l bad";
          line.append(cell);
        });
        return line;
      }));
      count.textContent = `${Math.min(limit, found.length).toLocaleString("en")} of ${found.length.toLocaleString("en")} rows`;
      more.hidden = found.length <= limit;
    };
    // Paper has no button for more.
    let before = limit;
    addEventListener("beforeprint", () => { before = limit; limit = Math.max(limit, MOST_PRINTED); show(); });
    addEventListener("afterprint", () => { limit = before; show(); });
    filter.addEventListener("input", () => { limit = PAGE_OF_ROWS; show(); });
    const head = element("thead");
    head.append(header);
    table.append(head, body);
    wide.append(table);
    this.place.append(element("h3", {}, "Table"), tools, wide, more);
    show();
  }
}

// "f32, K = 64": every part must hold; one without a comparison is looked for in all texts.
function conditions(text, columns) {
  const tests = text.split(",").map((part) => part.trim()).filter(Boolean).map((part) => {
    const match = /^(.+?)\s*(<=|>=|=|<|>)\s*(.+)$/.exec(part);
    const column = match && columns.find((one) => one.name.toLowerCase() === match[1].toLowerCase());
    if (!column) {
      const wanted = part.toLowerCase();
      return (row) => columns.some((one) => typeof one.values[row] === "string" && one.values[row].toLowerCase().includes(wanted));
    }
    const [, , sign, wanted] = match;
    return (row) => {
      const value = column.values[row];
      if (value === null) return false;
      const [a, b] = typeof value === "number" ? [value, Number(wanted)] : [value, wanted];
      return sign === "=" ? a === b : sign === "<" ? a < b : sign === ">" ? a > b : sign === "<=" ? a <= b : a >= b;
    };
  });
  return (row) => tests.every((test) => test(row));
}

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
data.studies.forEach((study, i) => new View(study, document.getElementById(`study${i}`)));
document.documentElement.dataset.ready = "true";
