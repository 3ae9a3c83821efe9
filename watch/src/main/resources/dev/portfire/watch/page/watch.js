// The live page: samples come as server-sent events, one for each interval, those of the past first.

const MOST_SAMPLES = 600;
const COLOURS = {
  light: ["#2563eb", "#c2410c", "#15803d", "#9333ea", "#b45309", "#0e7490", "#be123c", "#4d7c0f", "#4338ca", "#a21caf", "#0f766e", "#854d0e", "#475569", "#db2777"],
  dark: ["#6ea8fe", "#ff9a62", "#5fd38d", "#c99bff", "#f2c14e", "#4fd1e0", "#ff7d93", "#a8d65c", "#9aa5ff", "#f08bf2", "#4fd6b8", "#d9b26f", "#a3b1c2", "#ff9fce"],
};
// Each reason has its colour, whatever else there is on the page.
const REASONS = ["IO", "MMIO", "HLT", "CPUID", "MSR_READ", "MSR_WRITE", "EXTERNAL_INTERRUPT", "CR_ACCESS", "EXCEPTION", "SHUTDOWN", "INTR", "SYSTEM_EVENT", "INTERNAL_ERROR", "OTHER"];
const HEAT = { light: [[239, 246, 255], [147, 197, 253], [37, 99, 235], [23, 37, 84]], dark: [[30, 41, 59], [30, 90, 180], [96, 190, 250], [250, 250, 210]] };
const STEPS = {
  machine: "memory and vCPUs", devices: "devices", loaded: "kernel loaded", started: "vCPUs run", serial: "first byte on the serial port",
  driver: "first driver of a device", user: "user space", init: "init reports",
};

const $ = id => document.getElementById(id);
const samples = [];
let selected = "";
let sort = { by: "rate", down: true };
let paused = false;
let theme = "light";
let chart = null;
let shownSeries = "";
let heatCells = null;

// ---- figures

function grown(machine, into) {
  for (const [reason, [, , count, nanos, buckets]] of Object.entries(machine.exits)) {
    const sum = into[reason] ??= { count: 0, nanos: 0, buckets: new Map() };
    sum.count += count;
    sum.nanos += nanos;
    for (let i = 0; i < buckets.length; i += 2) {
      sum.buckets.set(buckets[i], (sum.buckets.get(buckets[i]) ?? 0) + buckets[i + 1]);
    }
  }
  return into;
}

/** What the machines that are looked at did in a sample; kept with it until another one is chosen. */
function did(sample) {
  if (sample.of !== selected) {
    sample.of = selected;
    sample.did = {};
    for (const machine of sample.machines) {
      if (selected === "" || machine.key === selected) {
        grown(machine, sample.did);
      }
    }
  }
  return sample.did;
}

function inWindow() {
  if (samples.length === 0) {
    return [];
  }
  const from = samples.at(-1).time - Number($("window").value) * 1000;
  return samples.filter(sample => sample.time > from);
}

/** How many seconds pictures show: what there is of the window, as far as it has been seen. */
function span(window) {
  return window.length === 0 ? 1 : Math.max(5, Math.min(Number($("window").value), (window.at(-1).time - window[0].time) / 1000));
}

function rateOf(machine, sample) {
  let count = 0;
  for (const exits of Object.values(machine.exits)) {
    count += exits[2];
  }
  return count / sample.seconds;
}

function percentile(buckets, part) {
  let all = 0;
  buckets.forEach(count => { all += count; });
  let seen = 0;
  for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
    seen += buckets.get(bucket);
    if (all > 0 && seen >= all * part) {
      return 2 ** bucket;
    }
  }
  return NaN;
}

function totals(sample) {
  const sum = {};
  for (const machine of sample.machines) {
    if (selected === "" || machine.key === selected) {
      for (const [reason, exits] of Object.entries(machine.exits)) {
        sum[reason] = (sum[reason] ?? 0) + exits[0];
      }
    }
  }
  return sum;
}

// ---- words

function number(value) {
  return value >= 1e6 ? (value / 1e6).toFixed(2) + "M" : value >= 1e4 ? (value / 1e3).toFixed(1) + "k" : value >= 10 || value === 0 ? Math.round(value).toString() : value.toFixed(1);
}

function time(nanos) {
  return !(nanos >= 0) ? "–" : nanos < 1e3 ? Math.round(nanos) + " ns" : nanos < 1e6 ? trim(nanos / 1e3) + " µs" : nanos < 1e9 ? trim(nanos / 1e6) + " ms" : trim(nanos / 1e9) + " s";
}

function trim(value) {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value).toString();
}

function clock(millis) {
  return new Date(millis).toTimeString().slice(0, 8);
}

function colour(reason) {
  const place = REASONS.indexOf(reason);
  const all = COLOURS[theme];
  if (place >= 0) {
    return all[place];
  }
  let hash = 0;
  for (const c of reason) {
    hash = (hash * 31 + c.charCodeAt(0)) % 9973;
  }
  return all[hash % all.length];
}

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function selectedName() {
  const machine = samples.at(-1)?.machines.find(m => m.key === selected);
  return machine ? (machine.name || "process " + machine.pid) : "all machines";
}

// ---- machines

function cells(row, texts) {
  while (row.cells.length < texts.length) {
    row.insertCell();
  }
  texts.forEach((text, i) => {
    if (row.cells[i].textContent !== text) {
      row.cells[i].textContent = text;
    }
    row.cells[i].className = i > 0 ? "n" : "";
  });
}

function showMachines(sample) {
  const words = $("filter").value.toLowerCase();
  const rows = sample.machines
    .filter(m => (m.name + " " + m.pid + " " + m.monitor).toLowerCase().includes(words))
    .map(m => ({ machine: m, name: m.name || "–", pid: m.pid, vcpus: m.vcpus, cpu: m.cpu ?? -1, rate: rateOf(m, sample), known: m.origin !== "none" }));
  rows.sort((a, b) => {
    const order = a[sort.by] < b[sort.by] ? -1 : a[sort.by] > b[sort.by] ? 1 : a.pid - b.pid;
    return sort.down ? -order : order;
  });
  const body = $("machine-rows");
  const all = { key: "", texts: ["All machines", sample.machines.length + "×", sum(rows, "vcpus"), "", number(rows.reduce((s, r) => s + r.rate, 0))] };
  const wanted = [all, ...rows.map(r => ({
    key: r.machine.key, pid: r.pid, title: r.machine.monitor + (r.known ? "" : ": nobody counts its exits for this user"),
    texts: [r.name, String(r.pid), String(r.vcpus), r.cpu < 0 ? "–" : r.cpu.toFixed(1), r.known ? number(r.rate) : "–"],
  }))];
  while (body.rows.length > wanted.length) {
    body.deleteRow(-1);
  }
  wanted.forEach((want, i) => {
    const row = body.rows[i] ?? body.insertRow();
    row.dataset.key = want.key;
    row.dataset.pid = want.pid ?? "";
    row.title = want.title ?? "";
    row.tabIndex = 0;
    row.setAttribute("aria-selected", String(want.key === selected));
    cells(row, want.texts);
  });
  const rate = sample.machines.reduce((s, m) => s + rateOf(m, sample), 0);
  $("summary").textContent = `${sample.machines.length} machine${sample.machines.length === 1 ? "" : "s"}, ${number(rate)} exits/s`;
}

function sum(rows, key) {
  return String(rows.reduce((s, r) => s + r[key], 0));
}

function choose(key) {
  selected = key;
  show();
}

// ---- exits

function names(window) {
  const sums = {};
  for (const sample of window) {
    for (const [reason, exits] of Object.entries(did(sample))) {
      sums[reason] = (sums[reason] ?? 0) + exits.count;
    }
  }
  return Object.keys(sums).filter(reason => sums[reason] > 0).sort((a, b) => sums[b] - sums[a] || (a < b ? -1 : 1));
}

function series(window, reasons) {
  return reasons.map(reason => window.map(sample => (did(sample)[reason]?.count ?? 0) / sample.seconds));
}

function stack(lines) {
  const sums = lines.length === 0 ? [] : lines[0].map(() => 0);
  return lines.map(line => line.map((value, i) => (sums[i] += value)));
}

function showExits(window) {
  const stacked = $("scale").value === "stacked";
  const reasons = names(window);
  const lines = series(window, reasons);
  const times = window.map(sample => sample.time / 1000);
  // The largest sum is drawn first, so that the others stand before it.
  const drawn = stacked ? stack(lines).reverse() : lines.map(line => line.map(value => (value > 0 ? value : null)));
  const order = stacked ? [...reasons].reverse() : reasons;
  const raw = stacked ? [...lines].reverse() : lines;
  const wanted = JSON.stringify([order, stacked, theme, $("exits-chart").clientWidth]);
  if (chart && wanted === shownSeries) {
    chart.raw = raw;
    chart.setData([times, ...drawn]);
    return;
  }
  chart?.destroy();
  shownSeries = wanted;
  const grid = { stroke: css("--line"), width: 1 };
  chart = new uPlot({
    width: Math.max(200, $("exits-chart").clientWidth),
    height: 260,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true }, y: stacked ? { range: (u, low, high) => [0, Math.max(1, high * 1.05)] } : { distr: 3, log: 10 } },
    axes: [
      { stroke: css("--soft"), grid, ticks: grid, values: (u, ticks) => ticks.map(t => clock(t * 1000)) , space: 90 },
      { stroke: css("--soft"), grid, ticks: grid, size: 64, values: (u, ticks) => ticks.map(t => (t === null ? "" : number(t))) },
    ],
    series: [
      { label: "Time", value: (u, t) => (t === null ? "latest" : clock(t * 1000)) },
      ...order.map((reason, i) => ({
        label: reason,
        stroke: colour(reason),
        width: 1.5,
        // Opaque: what stands behind is another reason's.
        fill: stacked ? colour(reason) : undefined,
        points: { show: false },
        value: (u, v, s, at) => number((at === null ? u.raw?.[i].at(-1) : u.raw[i][at]) ?? 0),
      })),
    ],
  }, [times, ...drawn], $("exits-chart"));
  chart.raw = raw;
  chart.setData([times, ...drawn]);
}

function showReasons(window) {
  const last = samples.at(-1);
  const now = did(last);
  const whole = {};
  for (const sample of window) {
    for (const [reason, exits] of Object.entries(did(sample))) {
      const some = whole[reason] ??= { count: 0, nanos: 0, buckets: new Map() };
      some.count += exits.count;
      some.nanos += exits.nanos;
      exits.buckets.forEach((count, bucket) => some.buckets.set(bucket, (some.buckets.get(bucket) ?? 0) + count));
    }
  }
  const all = totals(last);
  const reasons = Object.keys(all).sort((a, b) => all[b] - all[a] || (a < b ? -1 : 1));
  const body = $("reason-rows");
  while (body.rows.length > reasons.length) {
    body.deleteRow(-1);
  }
  reasons.forEach((reason, i) => {
    const row = body.rows[i] ?? body.insertRow();
    const some = whole[reason];
    const measured = some !== undefined && some.buckets.size > 0;
    cells(row, [reason, String(all[reason]), number((now[reason]?.count ?? 0) / last.seconds), measured ? time(some.nanos / some.count) : "–",
      measured ? time(percentile(some.buckets, 0.5)) : "–", measured ? time(percentile(some.buckets, 0.99)) : "–"]);
    row.dataset.reason = reason;
    let swatch = row.cells[0].querySelector(".swatch");
    if (!swatch) {
      swatch = document.createElement("span");
      swatch.className = "swatch";
      row.cells[0].prepend(swatch);
    }
    swatch.style.background = colour(reason);
  });
  const choice = $("reason");
  const options = ["", ...reasons.filter(reason => whole[reason]?.buckets.size > 0)];
  if (choice.value !== "" && !options.includes(choice.value)) {
    options.push(choice.value);
  }
  if ([...choice.options].map(o => o.value).join() !== options.join()) {
    const before = choice.value;
    choice.replaceChildren(...options.map(o => new Option(o === "" ? "all but HLT" : o, o)));
    choice.value = before;
  }
}

// ---- the heat map

function heat(window) {
  const reason = $("reason").value;
  let low = Infinity, high = -Infinity, most = 0;
  const columns = window.map(sample => {
    const column = new Map();
    for (const [name, exits] of Object.entries(did(sample))) {
      if (reason === "" ? name !== "HLT" : name === reason) {
        exits.buckets.forEach((count, bucket) => column.set(bucket, (column.get(bucket) ?? 0) + count));
      }
    }
    column.forEach((count, bucket) => {
      low = Math.min(low, bucket);
      high = Math.max(high, bucket);
      most = Math.max(most, count);
    });
    return { time: sample.time, seconds: sample.seconds, column };
  });
  return { columns, low, high, most, seconds: span(window) };
}

/** From the palest for one to the strongest for the most, by the logarithm. */
function shade(count, most) {
  const all = HEAT[theme];
  const at = (most <= 1 ? 1 : Math.log(count) / Math.log(most)) * (all.length - 1);
  const i = Math.min(all.length - 2, Math.floor(at));
  return "rgb(" + all[i].map((c, k) => Math.round(c + (all[i + 1][k] - c) * (at - i))).join() + ")";
}

/** The heat map's rectangles and labels, for whoever draws them. */
function heatShapes(data, width, height) {
  const left = 64, bottom = 22, top = 6;
  const shapes = { boxes: [], texts: [] };
  if (data.most === 0) {
    shapes.texts.push({ x: width / 2, y: height / 2, text: "No exit of this kind was measured within the window.", anchor: "middle" });
    return shapes;
  }
  const rows = data.high - data.low + 1;
  const end = data.columns.at(-1).time;
  const x = t => left + (width - left) * (1 - (end - t) / (data.seconds * 1000));
  const row = (height - bottom - top) / rows;
  for (const { time: at, seconds, column } of data.columns) {
    const from = Math.max(left, x(at - seconds * 1000));
    column.forEach((count, bucket) => shapes.boxes.push({
      x: from, y: top + (data.high - bucket) * row, w: Math.max(1, x(at) - from), h: row, fill: shade(count, data.most), at, bucket, count }));
  }
  const step = Math.ceil(rows / Math.max(1, Math.floor((height - bottom) / 16)));
  for (let bucket = data.low; bucket <= data.high; bucket += step) {
    shapes.texts.push({ x: left - 6, y: top + (data.high - bucket + 0.5) * row + 4, text: "< " + time(2 ** bucket), anchor: "end" });
  }
  for (let i = 0; i <= 4; i++) {
    const t = end - data.seconds * 1000 * (1 - i / 4);
    shapes.texts.push({ x: x(t), y: height - 6, text: clock(t), anchor: i === 0 ? "start" : i === 4 ? "end" : "middle" });
  }
  return shapes;
}

function showHeat(window) {
  const canvas = $("heat-map");
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const draw = canvas.getContext("2d");
  draw.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw.clearRect(0, 0, width, height);
  heatCells = heatShapes(heat(window), width, height);
  for (const box of heatCells.boxes) {
    draw.fillStyle = box.fill;
    draw.fillRect(box.x, box.y, box.w + 0.5, box.h - 0.5);
  }
  draw.fillStyle = css("--soft");
  draw.font = "11px system-ui, sans-serif";
  for (const text of heatCells.texts) {
    draw.textAlign = text.anchor === "middle" ? "center" : text.anchor === "end" ? "right" : "left";
    draw.fillText(text.text, text.x, text.y);
  }
}

function tip(event) {
  const frame = $("heat-map").getBoundingClientRect();
  const x = event.clientX - frame.left, y = event.clientY - frame.top;
  const box = heatCells?.boxes.findLast(b => x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h);
  $("tip").hidden = !box;
  if (box) {
    const from = box.bucket === 0 ? 0 : 2 ** (box.bucket - 1);
    $("tip").textContent = `${clock(box.at)}  ${time(from)} to ${time(2 ** box.bucket)}: ${box.count}`;
    $("tip").style.top = Math.max(0, y - 28) + "px";
    $("tip").style.left = Math.max(0, Math.min(x + 10, frame.width - $("tip").offsetWidth)) + "px";
  }
}

// ---- boot and devices

function bootSvg(boot) {
  const steps = Object.entries(boot.steps);
  const width = 900, row = 24, left = 200, room = width - left - 90;
  const end = Math.max(1, ...steps.map(s => s[1]));
  const parts = [];
  let before = 0;
  steps.forEach(([step, nanos], i) => {
    const y = 8 + i * row;
    const from = left + room * (before / end), to = left + room * (nanos / end);
    parts.push(text(left - 10, y + 14, Object.hasOwn(STEPS, step) ? STEPS[step] : step, "end", css("--ink")));
    parts.push(`<line x1="${left}" y1="${y + 9}" x2="${left + room}" y2="${y + 9}" stroke="${css("--line")}"/>`);
    parts.push(`<rect x="${from.toFixed(1)}" y="${y + 2}" width="${Math.max(2, to - from).toFixed(1)}" height="14" rx="2" fill="${COLOURS[theme][i % COLOURS[theme].length]}"/>`);
    parts.push(text(to + 8, y + 14, time(nanos), "start", css("--soft")));
    before = nanos;
  });
  return svg(width, 16 + steps.length * row, parts);
}

function showBoot(machine) {
  $("boot-section").hidden = !machine?.boot;
  if (machine?.boot) {
    const picture = bootSvg(machine.boot);
    if ($("boot").dataset.picture !== picture) {
      $("boot").dataset.picture = picture;
      $("boot").replaceChildren(document.importNode(new DOMParser().parseFromString(picture, "image/svg+xml").documentElement, true));
    }
  }
}

function showDevices(machine) {
  const groups = Object.entries(machine?.devices ?? {});
  $("devices-section").hidden = groups.length === 0;
  const before = samples.length < 2 ? undefined : samples.at(-2);
  const old = before?.machines.find(m => m.key === selected)?.devices ?? {};
  const shown = groups.map(([group, counters]) => {
    const part = document.createElement("div");
    const title = document.createElement("h3");
    title.textContent = group;
    const table = document.createElement("table");
    table.dataset.group = group;
    for (const [name, value] of Object.entries(counters)) {
      const row = table.insertRow();
      row.dataset.counter = name;
      // Less than before: it is another device, which was plugged in under the same name.
      const change = Math.max(0, value - (old[group]?.[name] ?? value)) / samples.at(-1).seconds;
      cells(row, [name.replaceAll("_", " "), String(value), change === 0 ? "" : "+" + number(change) + "/s"]);
    }
    if (table.rows.length === 0) {
      cells(table.insertRow(), ["nothing yet"]);
    }
    part.append(title, table);
    return part;
  });
  $("devices").replaceChildren(...shown);
}

// ---- pictures to keep

function escape(words) {
  return words.replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

function text(x, y, words, anchor, fill) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${escape(words)}</text>`;
}

function svg(width, height, parts, title) {
  const head = title ? `<rect width="${width}" height="${height}" fill="${css("--panel")}"/>` + text(12, 20, title, "start", css("--ink")) : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">${head}${parts.join("")}</svg>`;
}

function exitsSvg() {
  const window = inWindow();
  const reasons = names(window);
  const stacked = $("scale").value === "stacked";
  const lines = series(window, reasons);
  const drawn = stacked ? stack(lines) : lines;
  const width = 1000, height = 420, left = 70, top = 40, bottom = 380, right = 820;
  const most = Math.max(1, ...drawn.flat());
  const seconds = span(window);
  const end = window.at(-1)?.time ?? 0;
  const x = t => left + (right - left) * (1 - (end - t) / (seconds * 1000));
  const height01 = v => (stacked ? v / most : v <= 0 ? 0 : Math.max(0, Math.log10(v * 10) / Math.log10(most * 10)));
  const y = v => bottom - (bottom - top) * height01(v);
  const parts = [];
  const ticks = stacked ? [0, 0.25, 0.5, 0.75, 1].map(f => f * most) : [...Array(Math.ceil(Math.log10(most)) + 1).keys()].map(p => 10 ** p).filter(v => v <= most);
  for (const tick of ticks) {
    parts.push(`<line x1="${left}" x2="${right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="${css("--line")}"/>`, text(left - 8, y(tick) + 4, number(tick), "end", css("--soft")));
  }
  for (let i = 0; i <= 4; i++) {
    const t = end - seconds * 1000 * (1 - i / 4);
    parts.push(text(x(t), bottom + 20, clock(t), "middle", css("--soft")));
  }
  for (let k = reasons.length - 1; k >= 0; k--) {
    const points = drawn[k].map((v, i) => `${x(window[i].time).toFixed(1)},${y(v).toFixed(1)}`);
    const base = stacked && points.length > 0 ? [`${x(end).toFixed(1)},${bottom}`, `${x(window[0].time).toFixed(1)},${bottom}`] : [];
    parts.push(`<${stacked ? "polygon" : "polyline"} points="${[...points, ...base].join(" ")}" fill="${stacked ? colour(reasons[k]) : "none"}" stroke="${colour(reasons[k])}"/>`);
  }
  reasons.forEach((reason, k) => parts.push(`<rect x="${right + 16}" y="${top + k * 20}" width="11" height="11" fill="${colour(reason)}"/>`, text(right + 34, top + 10 + k * 20, reason, "start", css("--ink"))));
  return svg(width, height, parts, "Exits a second, by reason: " + selectedName());
}

function latencySvg() {
  const data = heat(inWindow());
  const shapes = heatShapes(data, 980, 380);
  const parts = [`<g transform="translate(8 32)">`];
  parts.push(...shapes.boxes.map(b => `<rect x="${b.x.toFixed(1)}" y="${b.y.toFixed(1)}" width="${b.w.toFixed(1)}" height="${b.h.toFixed(1)}" fill="${b.fill}"/>`));
  parts.push(...shapes.texts.map(t => text(t.x, t.y, t.text, t.anchor, css("--soft"))), "</g>");
  return svg(1000, 420, parts, `How long exits took, ${$("reason").value || "all but HLT"}: ${selectedName()}`);
}

function bootPicture() {
  const machine = samples.at(-1)?.machines.find(m => m.key === selected);
  const steps = Object.keys(machine?.boot?.steps ?? {}).length;
  const inner = machine?.boot ? bootSvg(machine.boot).replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "") : "";
  return svg(900, 56 + steps * 24, [`<g transform="translate(0 32)">${inner}</g>`], "Boot: " + selectedName());
}

const PICTURES = { exits: exitsSvg, latency: latencySvg, boot: bootPicture };

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** A picture as PNG, twice as fine as its SVG says. */
function raster(picture) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png");
    };
    image.onerror = () => reject(new Error("the SVG is not well-formed"));
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture);
  });
}

async function exportPicture(which, kind) {
  const picture = PICTURES[which]();
  const stamp = new Date().toISOString().replace(/[:.]/g, "-").slice(0, 19);
  const blob = kind === "svg" ? new Blob([picture], { type: "image/svg+xml" }) : await raster(picture);
  save(blob, `portfire-${which}-${stamp}.${kind}`);
  return blob.size;
}

for (const place of document.querySelectorAll(".export")) {
  for (const kind of ["png", "svg"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = kind.toUpperCase();
    button.title = `Save this picture as ${kind.toUpperCase()}`;
    button.onclick = () => exportPicture(place.dataset.picture, kind);
    place.append(button);
  }
}

// ---- all together

function show() {
  const last = samples.at(-1);
  if (!last) {
    return;
  }
  if (selected !== "" && !last.machines.some(m => m.key === selected)) {
    // It has ended: what it did stays until another one is chosen.
    $("state").textContent = "this machine has ended";
  }
  const machine = last.machines.find(m => m.key === selected);
  const window = inWindow();
  for (const of of document.querySelectorAll(".of")) {
    of.textContent = selectedName();
  }
  showMachines(last);
  showExits(window);
  showReasons(window);
  showHeat(window);
  showBoot(machine);
  showDevices(machine);
}

let due = false;
function showSoon() {
  if (!due && !paused) {
    due = true;
    // Those of the past come all at once.
    setTimeout(() => { due = false; show(); }, 30);
  }
}

function take(sample) {
  const before = samples.at(-1);
  if (before && sample.time <= before.time) {
    return;
  }
  sample.seconds = sample.span / 1000;
  if (before) {
    const cpu = new Map(before.machines.map(m => [m.key, m.millis]));
    for (const machine of sample.machines) {
      if (cpu.has(machine.key)) {
        machine.cpu = (machine.millis - cpu.get(machine.key)) / 10 / sample.seconds;
      }
    }
  }
  samples.push(sample);
  if (samples.length > MOST_SAMPLES) {
    samples.shift();
  }
  if (samples.length > 2) {
    for (const machine of samples.at(-3).machines) {
      // Only the latest are shown.
      delete machine.devices;
      delete machine.boot;
    }
  }
}

function connect() {
  const events = new EventSource("events");
  const state = $("state");
  events.onopen = () => { state.textContent = "live"; state.className = "live"; };
  events.onerror = () => { state.textContent = "portfire watch has ended, or is not reached"; state.className = ""; };
  events.onmessage = event => {
    take(JSON.parse(event.data));
    state.textContent = paused ? "paused" : "live";
    state.className = paused ? "" : "live";
    showSoon();
  };
}

function setTheme(choice) {
  const dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  theme = dark ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = "Theme: " + choice;
  $("theme").dataset.choice = choice;
  shownSeries = "";
  show();
}

$("theme").onclick = () => setTheme({ auto: "light", light: "dark", dark: "auto" }[$("theme").dataset.choice]);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTheme($("theme").dataset.choice));
$("pause").onclick = () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", String(paused));
  $("pause").textContent = paused ? "Go on" : "Pause";
  showSoon();
};
for (const id of ["window", "scale", "reason"]) {
  $(id).onchange = show;
}
$("filter").oninput = show;
$("machine-rows").onclick = event => {
  const row = event.target.closest("tr");
  if (row) {
    choose(row.dataset.key);
  }
};
$("machine-rows").onkeydown = event => {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    choose(event.target.closest("tr").dataset.key);
  }
};
for (const head of document.querySelectorAll("th[data-sort]")) {
  head.querySelector("button").onclick = () => {
    sort = { by: head.dataset.sort, down: sort.by === head.dataset.sort ? !sort.down : head.dataset.sort !== "name" };
    for (const other of document.querySelectorAll("th[data-sort]")) {
      other.setAttribute("aria-sort", other !== head ? "none" : sort.down ? "descending" : "ascending");
    }
    show();
  };
}
$("heat-map").onmousemove = tip;
$("heat-map").onmouseleave = () => { $("tip").hidden = true; };
new ResizeObserver(() => showSoon()).observe($("details"));

setTheme("auto");
connect();

export { exportPicture, PICTURES };
