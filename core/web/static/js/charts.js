// Charts draw what stands in them as data; the library comes only when there is one. A click leads to the records of that part, as the
// links of the table below each chart do. Colours are those of the tokens, and follow the theme.
const here = document.getElementById("charts");
const drawn = new Map();
let library;

function loaded() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = here.dataset.echarts;
    script.onload = () => resolve(globalThis.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--kg-${name}`).trim();
const short = (value) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(value);

const letters = () => `12px ${getComputedStyle(document.body).fontFamily}`;
const pen = document.createElement("canvas").getContext("2d");

function widest(names) {
  pen.font = letters();
  return Math.max(...names.map((name) => Math.ceil(pen.measureText(name).width)), 0) + 2;
}

// Names of bars have up to a third of the width and two lines; what is longer still ends in dots.
function axes(data, upright, width) {
  const ink = token("ink-2"), line = { lineStyle: { color: token("line") } };
  const names = { type: "category", data: data.rows.map((row) => row.name), inverse: !upright, axisLine: line, axisTick: { show: false },
    axisLabel: { color: ink, ...(upright ? { hideOverlap: true } : { width: Math.min(200, width * 0.34, widest(data.rows.map((row) => row.name))), height: 26, lineHeight: 13, interval: 0, showMinLabel: true, showMaxLabel: true, overflow: "break", lineOverflow: "truncate", ellipsis: "…" }) } };
  const values = { type: "value", minInterval: 1, splitLine: line, axisLabel: { color: ink, formatter: short, hideOverlap: true } };
  return upright ? { xAxis: names, yAxis: values } : { xAxis: values, yAxis: names };
}

// A state has the colour that it has in lists; several of one meaning are shades of it.
const FILLS = { idle: "ink-3", run: "fill", wait: "wait", good: "good", bad: "bad", note: "note-fg" };
function tinted(rows) {
  const met = {};
  return rows.map((row) => {
    if (!row.tone) return {};
    const shade = (met[row.tone] = (met[row.tone] ?? -1) + 1);
    return { itemStyle: { color: token(FILLS[row.tone]), opacity: Math.max(1 - shade * 0.22, 0.34) } };
  });
}

function series(data, place) {
  const tints = tinted(data.rows), values = data.rows.map((row, at) => ({ value: row.value, ...tints[at] }));
  const label = { show: true, color: token("ink"), formatter: (part) => data.rows[part.dataIndex].text };
  if (data.kind === "line") return [{ type: "line", data: values, symbolSize: 8, areaStyle: { opacity: 0.12 } }];
  if (data.kind === "pie") {
    const radius = Math.min(place.clientWidth * 0.22, place.clientHeight * 0.42);
    return [{ type: "pie", radius: [radius * 0.58, radius], center: ["24%", "50%"], label: { show: false }, itemStyle: { borderColor: token("surface"), borderWidth: 2 },
      data: data.rows.map((row, at) => ({ name: row.name, ...values[at], itemStyle: { borderColor: token("surface"), borderWidth: 2, ...tints[at].itemStyle } })) }];
  }
  if (data.kind === "funnel") return [{ type: "bar", data: values.map((one) => one.value), barWidth: 10, barMinHeight: 2, itemStyle: { color: token("fill"), borderRadius: 2 },
    showBackground: true, backgroundStyle: { color: token("line"), borderRadius: 2 } }];
  return [{ type: "bar", data: values, barMaxWidth: 20, label: { ...label, position: "right" } }];
}

// The parts of a whole are named beside it, one below the other: names around a ring touch each other, or are cut.
function legend(data, width) {
  const whole = data.rows.reduce((sum, row) => sum + row.value, 0) || 1;
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
  const shares = new Map(data.rows.map((row) => [row.name, share.format(row.value / whole)]));
  const room = Math.min(240, width / 2 - 72), font = letters();
  return { orient: "vertical", left: "50%", top: "middle", selectedMode: false, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 8,
    formatter: (name) => `{name|${globalThis.echarts.format.truncateText(name, room, font, "…")}}{share|${shares.get(name)}}`,
    textStyle: { color: token("ink"), rich: { name: { width: room }, share: { width: 48, align: "right", color: token("ink-2") } } } };
}

function options(data, place) {
  const width = place.clientWidth;
  const tooltip = { trigger: "item", formatter: (part) => [data.rows[part.dataIndex].name, data.rows[part.dataIndex].text].join("  "), renderMode: "richText",
    backgroundColor: token("surface"), borderColor: token("line"), textStyle: { color: token("ink"), fontSize: 13 } };
  const shape = data.kind === "pie" ? { legend: legend(data, width) } : axes(data, data.kind === "line", width);
  if (data.kind === "funnel") beside(shape, data);
  return { animation: false, tooltip, ...shape, series: series(data, place), grid: { left: 8, right: { line: 24, funnel: 8 }[data.kind] ?? 96, top: 16, bottom: 8, containLabel: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    color: ["fill", "good", "wait", "note-fg", "bad", "ink-3", "run-fg", "good-fg", "wait-fg", "line-2"].map(token) };
}

// Steps stand from the left, with how many records each has behind its name, and what they come to at the right edge.
function beside(shape, data) {
  const plain = { axisLine: { show: false }, axisTick: { show: false } };
  shape.xAxis.show = false;
  shape.xAxis.max = "dataMax";
  Object.assign(shape.yAxis, plain, { data: data.rows.map((row) => data.counted ? row.name : `${row.name} ${row.count}`) });
  shape.yAxis.axisLabel.width += data.counted ? 0 : 28;
  const worth = { type: "category", position: "right", inverse: true, data: data.rows.map((row) => row.text), axisLabel: { color: token("ink"), interval: 0 } };
  shape.yAxis = [shape.yAxis, { ...worth, ...plain }];
}

async function draw(place) {
  const echarts = await loaded();
  const data = JSON.parse(place.dataset.chart);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(data, place));
  chart.on("click", (part) => { location.assign(data.rows[part.dataIndex].href); });
  drawn.set(place, { chart, data });
  place.dataset.drawn = "1";
  new ResizeObserver(() => {
    chart.resize();
    chart.setOption(options(data, place));
  }).observe(place);
}

function drawAll(within) {
  for (const place of within.querySelectorAll("[data-chart]:not([data-drawn])")) draw(place);
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (event) => { drawAll(event.detail.target); });
new MutationObserver(() => { for (const [place, { chart, data }] of drawn) chart.setOption(options(data, place)); })
  .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
