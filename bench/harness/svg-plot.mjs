/** Plots as SVG, legible on a light and on a dark page: each has its own background. No scripts, no fonts but the system's. */
const colours = [
  "#0a62c4",
  "#d1570a",
  "#1a7f37",
  "#8250df",
  "#bf3989",
  "#0e7c86",
  "#9a6700",
  "#cf222e",
  "#57606a",
  "#3b6ea5",
  "#6639ba",
  "#2d6a4f",
];
const darkColours = [
  "#58a6ff",
  "#f0883e",
  "#56d364",
  "#bc8cff",
  "#ff7bc5",
  "#39c5cf",
  "#e3b341",
  "#ff7b72",
  "#8b949e",
  "#79c0ff",
  "#d2a8ff",
  "#7ee787",
];
const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .quiet { fill: #59636e } .card { fill: #ffffff }
.grid { stroke: #d1d9e0 } .one { stroke: #59636e; stroke-dasharray: 4 3 } path { fill: none; stroke-width: 2 } .own { stroke-width: 3.5 } .name { font-weight: 600 }
${colours.map((colour, index) => `.c${index} { stroke: ${colour} } .f${index} { fill: ${colour} }`).join("\n")}
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #9198a1 } .card { fill: #0d1117 } .grid { stroke: #3d444d } .one { stroke: #9198a1 }
${darkColours.map((colour, index) => `.c${index} { stroke: ${colour} } .f${index} { fill: ${colour} }`).join("\n")}
}</style>`;

/**
 * Lines on two logarithmic axes.
 *
 * @param {{ title: string, unit: string, x: string, points: readonly number[],
 *   series: readonly { name: string, values: readonly (number | undefined)[] }[] }} plot
 */
export function linePlot({ title, unit, x, points, series }) {
  const [width, height, left, right, top, bottom] = [780, 420, 84, 190, 40, 44];
  const all = series.flatMap(({ values }) => values.filter((value) => value > 0));
  const [low, high] = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(Math.max(...all)))];
  const [first, last] = [Math.log10(points[0]), Math.log10(points.at(-1))];
  const atX = (value) => round(left + ((Math.log10(value) - first) / (last - first)) * (width - left - right));
  const atY = (value) => round(height - bottom - ((Math.log10(value) - low) / (high - low)) * (height - top - bottom));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const ends = series.map(({ values }) => values.findLastIndex((value) => value !== undefined));
  const labels = spreadLabels(series.map(({ values }, index) => atY(values[ends[index]])));
  return svg(width, height, title, [
    ...powers.map(
      (value) => `<line class="grid" x1="${left}" x2="${width - right}" y1="${atY(value)}" y2="${atY(value)}"/>`,
    ),
    ...powers.map(
      (value) =>
        `<text class="quiet" x="${left - 8}" y="${atY(value) + 4}" text-anchor="end">${short(value)} ${unit}</text>`,
    ),
    ...points.map(
      (value) =>
        `<text class="quiet" x="${atX(value)}" y="${height - bottom + 20}" text-anchor="middle">${short(value)}</text>`,
    ),
    `<text class="quiet" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${x}</text>`,
    ...series.flatMap(({ name, values }, index) => {
      const places = values.flatMap((value, point) => (value === undefined ? [] : [[atX(points[point]), atY(value)]]));
      const [endX] = places.at(-1);
      return [
        `<path class="c${index}${isOwn(name) ? " own" : ""}" d="M${places.map((place) => place.join(" ")).join("L")}"/>`,
        ...places.map(([cx, cy]) => `<circle class="f${index}" cx="${cx}" cy="${cy}" r="3"/>`),
        `<line class="c${index}" stroke-width="0.7" x1="${endX}" y1="${places.at(-1)[1]}" x2="${width - right + 10}" y2="${labels[index]}"/>`,
        `<text${isOwn(name) ? ' class="name"' : ""} x="${width - right + 14}" y="${labels[index] + 4}">${escape(name)}</text>`,
      ];
    }),
  ]);
}

/**
 * Bars of ratios with their spread, on a logarithmic axis when they differ much.
 *
 * @param {{ title: string, baseline: string,
 *   bars: readonly { name: string, ratio: number, low: number, high: number }[] }} plot
 */
export function barPlot({ title, baseline, bars }) {
  const [width, left, right, top, step] = [780, 220, 70, 44, 26];
  const height = top + bars.length * step + 30;
  const most = Math.max(1, ...bars.map(({ high }) => high));
  const least = Math.min(1, ...bars.map(({ ratio }) => ratio).filter((ratio) => ratio > 0));
  const isLogarithmic = most / least > 30;
  const start = 10 ** Math.floor(Math.log10(Math.max(least, most / 1e4)));
  const share = (value) => {
    if (!isLogarithmic) return Math.max(0, value) / most;
    return Math.max(0, Math.log10(Math.max(value, start) / start) / Math.log10(most / start));
  };
  const at = (value) => round(left + share(value) * (width - left - right));
  return svg(width, height, title, [
    `<line class="one" x1="${at(1)}" x2="${at(1)}" y1="${top - 8}" y2="${height - 24}"/>`,
    `<text class="quiet" x="${at(1)}" y="${height - 8}" text-anchor="middle">1 = ${escape(baseline)}${isLogarithmic ? " (logarithmic)" : ""}</text>`,
    ...bars.flatMap(({ name, ratio, low, high }, index) => {
      const y = top + index * step;
      const colour = isOwn(name) ? 0 : 8;
      return [
        `<text${isOwn(name) ? ' class="name"' : ""} x="${left - 10}" y="${y + 13}" text-anchor="end">${escape(name)}</text>`,
        `<rect class="f${colour}" x="${left}" y="${y + 2}" width="${round(Math.max(1, at(ratio) - left))}" height="14" rx="2"/>`,
        `<line class="one" style="stroke-dasharray:none" x1="${at(low)}" x2="${at(high)}" y1="${y + 9}" y2="${y + 9}"/>`,
        `<text class="quiet" x="${round(Math.max(at(high), at(ratio)) + 8)}" y="${y + 13}">${shownShort(ratio)}</text>`,
      ];
    }),
  ]);
}

function svg(width, height, title, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
${style}
<rect class="card" width="${width}" height="${height}" rx="8"/>
<text class="name" x="16" y="24">${escape(title)}</text>
${content.join("\n")}
</svg>
`;
}

/** Labels at the ends of lines, moved apart so that each can be read. */
function spreadLabels(wanted) {
  const order = wanted.map((y, index) => ({ y, index })).toSorted((a, b) => a.y - b.y);
  for (let index = 1; index < order.length; index += 1)
    order[index].y = Math.max(order[index].y, order[index - 1].y + 16);
  const beyond = Math.max(0, order.at(-1).y - 376);
  order.at(-1).y -= beyond;
  for (let index = order.length - 2; index >= 0; index -= 1)
    order[index].y = Math.min(order[index].y, order[index + 1].y - 16);
  const places = [];
  for (const { y, index } of order) places[index] = round(y);
  return places;
}

function isOwn(name) {
  return name.startsWith("plugo");
}

function short(value) {
  return value.toLocaleString("en").replaceAll(",", " ");
}

function shownShort(ratio) {
  return ratio === 0 ? "0" : `${Number(ratio.toPrecision(3))}`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
