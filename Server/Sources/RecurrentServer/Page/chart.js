// A line chart of series, made of SVG elements, with what is answered drawn on.

const made = (name, attributes = {}, text = "") => {
  const result = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  result.textContent = text;
  return result;
};

// The distance between ticks: 1, 2 or 5 times a power of ten, at most `most` of them.
const tickStep = (span, most) => {
  const power = 10 ** Math.floor(Math.log10(span / most || 1));
  return power * ([1, 2, 5].find((factor) => span / (power * factor) <= most) ?? 10);
};
const ticks = (low, high, most) => {
  const step = tickStep(high - low, most);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => (first + place) * step);
};
const label = (value) => Number(value.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 6 }).replace("-", "\u2212");

const height = 300;
const margin = { left: 56, right: 12, top: 12, bottom: 32 };

// `lines` are series of numbers, with what is forecast after them; `bands` are classes of the rows.
export const lineChart = ({ lines, bands, width, description }) => {
  const all = lines.flatMap(({ values, forecast = [] }) => [...values, ...forecast]).filter(Number.isFinite);
  let [low, high] = all.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const known = Math.max(...lines.map(({ values }) => values.length));
  const count = Math.max(...lines.map(({ values, forecast = [] }) => values.length + forecast.length));
  const x = (at) => margin.left + ((width - margin.left - margin.right) * at) / Math.max(1, count - 1);
  const y = (value) => margin.top + (height - margin.top - margin.bottom) * (1 - (value - low) / (high - low));
  const chart = made("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": description });
  if (count > known) {
    chart.append(made("rect", { class: "ahead", x: x(known - 1), y: margin.top, width: x(count - 1) - x(known - 1), height: height - margin.top - margin.bottom }));
  }
  for (const value of ticks(low, high, 5)) {
    chart.append(
      made("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
      made("text", { x: margin.left - 8, y: y(value) + 4, "text-anchor": "end" }, label(value)));
  }
  for (const row of ticks(1, count, Math.max(2, Math.floor(width / 90))).filter(Number.isInteger)) {
    chart.append(made("text", { x: x(row - 1), y: height - 6, "text-anchor": "middle" }, label(row)));
  }
  (bands ?? []).forEach((band, row) => {
    const left = x(Math.max(0, row - 0.5));
    chart.append(made("rect", { class: `k${band % 7}`, x: left, y: height - margin.bottom + 1, width: x(Math.min(count - 1, row + 0.5)) - left + 0.5, height: 9 }));
  });
  // A number that is missing breaks the line.
  const path = (values, from) => {
    let isDown = false;
    return values.map((value, at) => {
      if (!Number.isFinite(value)) {
        isDown = false;
        return "";
      }
      const part = `${isDown ? "L" : "M"}${x(from + at).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = true;
      return part;
    }).join("");
  };
  lines.forEach(({ values, forecast }, place) => {
    chart.append(made("path", { class: `k${place % 7}`, d: path(values, 0) }));
    if (forecast) chart.append(made("path", { class: `k${place % 7} forecast`, d: path([values.at(-1), ...forecast], values.length - 1) }));
  });
  return chart;
};
