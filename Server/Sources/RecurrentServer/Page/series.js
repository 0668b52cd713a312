// A file of series: drawn as a chart, with what the model answers about it or how it goes on.

import { element, fillKeys, fillTable, find, makeBars, number, percent } from "./elements.js";
import { lineChart } from "./chart.js";
import { post, tell } from "./server.js";
import { numberColumns } from "./table.js";

const notes = {
  classify: "It tells the class of the whole series.",
  regress: "It tells numbers of the whole series.",
  label: "It tells a class for every row.",
  forecast: "It tells how the series goes on.",
};
const exact = (value) => `${Number(value.toPrecision(6))}`.replace("-", "\u2212");

export const makeSeries = () => {
  let model = null;
  let columns = [];
  let outputs = null;
  // Counted up with every file: an answer about another one is not shown.
  let generation = 0;
  let text = null;
  const keys = element("ul", { class: "keys" });

  const draw = () => {
    const place = find("#chart");
    const width = Math.max(300, Math.round(place.clientWidth));
    const shown = columns.slice(0, 12);
    if (!shown.length) return place.replaceChildren();
    const answer = outputs?.length === 1 ? outputs[0] : null;
    const lines = shown.map(({ name, values }, column) => {
      if (!answer?.forecast) return { name, values };
      const named = answer.variables.indexOf(name);
      const variable = named >= 0 ? named : answer.variables.length === shown.length ? column : -1;
      return variable < 0 ? { name, values } : { name, values, forecast: answer.forecast.map((row) => row[variable]) };
    }).filter((line, _, all) => line.forecast || !all.some((one) => one.forecast));
    const bands = answer?.steps?.map(({ class: one }) => lines.length + model.outputs.indexOf(one));
    const names = lines.map(({ name }) => name);
    const description = `A line chart of ${names.join(", ")}, ${shown[0].values.length} rows${answer?.forecast ? `, and ${answer.forecast.length} rows that are forecast, dotted` : ""}`;
    place.replaceChildren(lineChart({ lines, bands, width, description }), keys);
    fillKeys(keys, names);
    if (answer?.forecast) keys.append(element("li", {}, "dotted: the forecast"));
    if (bands) {
      const answers = element("ul", { class: "keys" });
      fillKeys(answers, model.outputs, lines.length);
      answers.prepend(element("li", {}, "The strip below the chart:"));
      place.append(answers);
    }
  };

  const best = ({ class: name, probabilities }) => `${name} (${percent(Math.max(...probabilities))} sure)`;

  const words = (answer) => {
    if (answer.forecast) return `The next ${answer.forecast.length} rows are drawn dotted.`;
    if (answer.numbers) return answer.numbers.map((value, place) => `${model.outputs[place] ?? ""} ${exact(value)}`.trim()).join(", ");
    if (answer.steps) {
      const counts = new Map();
      for (const { class: name } of answer.steps) counts.set(name, (counts.get(name) ?? 0) + 1);
      return `${answer.steps.length} rows: ${[...counts].map(([name, count]) => `${count} of ${name}`).join(", ")}`;
    }
    return best(answer);
  };

  const rows = (answer) => {
    if (answer.forecast) return [["ahead", ...answer.variables], ...answer.forecast.map((row, at) => [`${at + 1}`, ...row.map(exact)])];
    if (answer.numbers) return [["number", "value"], ...answer.numbers.map((value, place) => [model.outputs[place] ?? `${place + 1}`, exact(value)])];
    if (answer.steps) return [["row", "answer", "sure"], ...answer.steps.map(({ class: name, probabilities }, at) => [`${at + 1}`, name, percent(Math.max(...probabilities))])];
    return [["class", "probability"], ...answer.probabilities.map((value, place) => [model.outputs[place], number(value, 4)])];
  };

  const show = () => {
    const table = find("#series-numbers");
    table.hidden = !outputs;
    find("#series-bars").replaceChildren();
    draw();
    if (!outputs?.length) return;
    if (outputs.length > 1) {
      find("#series-said").textContent = `${outputs.length} series are answered; the table has them all.`;
      fillTable(find("#series-table"), [["series", "answer"], ...outputs.map((answer, place) => [`${place + 1}`, answer.forecast ? answer.forecast.map((row) => row.map(exact).join(" ")).join("; ") : words(answer)])]);
      return;
    }
    const [answer] = outputs;
    find("#series-said").textContent = words(answer);
    fillTable(find("#series-table"), rows(answer));
    if (answer.probabilities) makeBars(find("#series-bars"), model.outputs)(answer.probabilities);
  };

  const ask = async () => {
    const asked = ++generation;
    outputs = null;
    find("#series-said").textContent = "It reads\u2026";
    const query = model.task === "forecast" ? `?horizon=${Math.max(1, Math.round(Number(find("#horizon").value)) || 1)}` : "";
    try {
      const answer = await post(model, "predict", "text/csv", text, query);
      if (asked !== generation) return;
      tell("");
      outputs = answer.outputs;
      show();
    } catch (problem) {
      if (asked !== generation) return;
      find("#series-said").textContent = "There is no answer.";
      tell(problem);
      show();
    }
  };

  const read = async (file) => {
    text = await file.text();
    columns = numberColumns(text);
    ask();
  };

  find("#file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) read(file);
  });
  // So that the same file may be chosen again after it was changed.
  find("#file").addEventListener("click", (event) => { event.target.value = ""; });
  find("#horizon").addEventListener("change", () => { if (text !== null) ask(); });
  const drop = find("#drop");
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) read(file);
  });
  new ResizeObserver(() => { if (columns.length && !find("#series-view").hidden) draw(); }).observe(find("main"));

  return (chosen) => {
    model = chosen;
    generation++;
    [columns, outputs, text] = [[], null, null];
    find("#series-note").textContent = `${notes[model.task] ?? ""} A row for each time${model.features > 1 ? `, with ${model.features} numbers that it reads` : ""}; the numbers as they come.`;
    find("#horizon-label").hidden = model.task !== "forecast";
    find("#series-said").textContent = "No file is read yet.";
    show();
  };
};
