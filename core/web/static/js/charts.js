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

function axes(data, upright) {
  const ink = token("ink-2"), line = { lineStyle: { color: token("line") } };
  const names = { type: "category", data: data.rows.map((row) => row.name), inverse: !upright, axisLine: line, axisTick: { show: false },
    axisLabel: { color: ink, width: upright ? undefined : 120, overflow: "truncate" } };
  const values = { type: "value", minInterval: 1, splitLine: line, axisLabel: { color: ink, formatter: short, hideOverlap: true } };
  return upright ? { xAxis: names, yAxis: values } : { xAxis: values, yAxis: names };
}

function series(data) {
  const values = data.rows.map((row) => row.value);
  const label = { show: true, color: token("ink"), formatter: (part) => data.rows[part.dataIndex].text };
  if (data.kind === "line") return [{ type: "line", data: values, symbolSize: 8, areaStyle: { opacity: 0.12 } }];
  if (data.kind === "pie") {
    const named = { show: true, color: token("ink"), formatter: "{b}\n{d}%", alignTo: "edge", edgeDistance: 4, overflow: "truncate" };
    return [{ type: "pie", radius: ["42%", "68%"], label: named, itemStyle: { borderColor: token("surface"), borderWidth: 2 },
      data: data.rows.map((row) => ({ name: row.name, value: row.value })) }];
  }
  if (data.kind === "bar") return [{ type: "bar", data: values, barMaxWidth: 20, label: { ...label, position: "right" } }];
  const widest = Math.max(...values, 0);
  return [
    { type: "bar", stack: "funnel", silent: true, data: values.map((value) => (widest - value) / 2), itemStyle: { color: "transparent" } },
    { type: "bar", stack: "funnel", data: values, barMaxWidth: 24, barMinWidth: 2, label: { ...label, position: "right" } },
  ];
}

function options(data) {
  const tooltip = { trigger: "item", formatter: (part) => [data.rows[part.dataIndex].name, data.rows[part.dataIndex].text].join("  "), renderMode: "richText",
    backgroundColor: token("surface"), borderColor: token("line"), textStyle: { color: token("ink"), fontSize: 13 } };
  const shape = data.kind === "pie" ? {} : axes(data, data.kind === "line");
  if (data.kind === "funnel") shape.xAxis.show = false;
  return { animation: false, tooltip, ...shape, series: series(data), grid: { left: 8, right: data.kind === "line" ? 24 : 96, top: 16, bottom: 8, containLabel: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    color: ["fill", "good", "wait", "note-fg", "bad", "ink-3", "run-fg", "good-fg", "wait-fg", "line-2"].map(token) };
}

async function draw(place) {
  const echarts = await loaded();
  const data = JSON.parse(place.dataset.chart);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(data));
  chart.on("click", (part) => { location.assign(data.rows[part.dataIndex].href); });
  drawn.set(place, { chart, data });
  place.dataset.drawn = "1";
  new ResizeObserver(() => chart.resize()).observe(place);
}

function drawAll(within) {
  for (const place of within.querySelectorAll("[data-chart]:not([data-drawn])")) draw(place);
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (event) => { drawAll(event.detail.target); });
new MutationObserver(() => { for (const { chart, data } of drawn.values()) chart.setOption(options(data)); })
  .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
