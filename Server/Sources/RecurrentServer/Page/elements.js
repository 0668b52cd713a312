// What every part of the page uses: elements, texts of numbers, colours, and drawing on canvases.

export const find = (selector) => document.querySelector(selector);

export const element = (name, attributes = {}, ...children) => {
  const result = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  result.append(...children);
  return result;
};

// MARK: Texts

const minus = (text) => text.replace("-", "\u2212");
export const number = (value, digits = 2) => minus(value.toFixed(digits));
export const percent = (share) => {
  if (share > 0.9999 && share < 1) return ">99.99%";
  if (share > 0 && share < 0.0001) return "<0.01%";
  return `${(100 * share).toFixed(share > 0.99 || share < 0.01 ? 2 : 0)}%`;
};

// A table's rows, the first of them its head.
export const fillTable = (table, [head, ...rows]) => {
  const headRow = element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...rest]) =>
    element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((text) => element("td", {}, text))));
  table.replaceChildren(element("thead", {}, headRow), element("tbody", {}, ...body));
};

// Bars of probabilities that keep their elements, so that they move rather than blink.
export const makeBars = (list, names) => {
  const items = names.map((name) => {
    const fill = element("i");
    const value = element("span", { class: "value" });
    const item = element("li", {}, element("span", { class: "name" }, name), element("span", { class: "bar" }, fill), value);
    return { item, fill, value };
  });
  list.replaceChildren(...items.map(({ item }) => item));
  return (probabilities) => {
    const best = probabilities ? likeliest(probabilities) : -1;
    items.forEach(({ item, fill, value }, output) => {
      fill.style.width = probabilities ? `${100 * probabilities[output]}%` : "0";
      value.textContent = probabilities ? percent(probabilities[output]) : "";
      item.classList.toggle("best", output === best);
    });
  };
};

export const likeliest = (probabilities) =>
  probabilities.reduce((best, value, output) => (value > probabilities[best] ? output : best), 0);

// A legend of series in their colours, the first of them `from`.
export const fillKeys = (list, names, from = 0) =>
  list.replaceChildren(...names.map((name, place) =>
    element("li", {}, element("span", { class: `key k${(from + place) % 7}`, "aria-hidden": "true" }), name)));

// MARK: Colours

export const dark = window.matchMedia("(prefers-color-scheme: dark)");
export const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

const light = {
  ink: [27, 31, 36], paper: [243, 245, 247], plus: [208, 88, 0], minus: [0, 114, 178], full: [0, 74, 120],
  muted: "#566270", grid: "#dfe3e8", strong: "#1b1f24", mark: "#d05800",
  series: ["#0072b2", "#d05800", "#00805d", "#a9467f", "#996800", "#3c4650", "#2b83b3"],
};
const night = {
  ink: [232, 235, 238], paper: [29, 33, 38], plus: [242, 153, 74], minus: [86, 180, 233], full: [156, 214, 250],
  muted: "#9ba6b1", grid: "#2a3037", strong: "#e8ebee", mark: "#f2994a",
  series: ["#56b4e9", "#f2994a", "#2cc295", "#e29ac0", "#f0e442", "#cfd6dc", "#9bd3f5"],
};
export const colors = () => (dark.matches ? night : light);

export const mix = (from, to, share) => from.map((value, place) => Math.round(value + (to[place] - value) * share));
// Shares run from paper to full, signed values through paper from one hue to the other.
export const shade = (value, low, high) => {
  const { paper, plus, minus: below, full } = colors();
  if (low >= 0) return mix(paper, full, Math.max(0, Math.min(1, (value - low) / (high - low))));
  const share = Math.max(-1, Math.min(1, value / high));
  return share < 0 ? mix(paper, below, -share) : mix(paper, plus, share);
};

// MARK: Canvases

// A canvas as wide as its place, `height` pixels high, sharp on any screen.
export const prepared = (canvas, height) => {
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio || 1;
  if (height !== width) canvas.style.height = `${height}px`;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const drawing = canvas.getContext("2d");
  drawing.setTransform(scale, 0, 0, scale, 0, 0);
  return [drawing, width];
};

// A grid of colours, drawn cell by cell in memory and then enlarged without smoothing.
export const drawGrid = (drawing, width, height, columns, rows, colorAt) => {
  const cells = document.createElement("canvas");
  cells.width = columns;
  cells.height = rows;
  const context = cells.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      image.data.set([...colorAt(row, column), 255], 4 * (row * columns + column));
    }
  }
  context.putImageData(image, 0, 0);
  drawing.imageSmoothingEnabled = false;
  drawing.drawImage(cells, 0, 0, width, height);
};

export const drawLine = (drawing, points, color, thickness, dashes = []) => {
  drawing.strokeStyle = color;
  drawing.lineWidth = thickness;
  drawing.lineJoin = "round";
  drawing.lineCap = "round";
  drawing.setLineDash(dashes);
  drawing.beginPath();
  points.forEach(([x, y], place) => (place === 0 ? drawing.moveTo(x, y) : drawing.lineTo(x, y)));
  drawing.stroke();
  drawing.setLineDash([]);
};
