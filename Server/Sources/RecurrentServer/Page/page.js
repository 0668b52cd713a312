// Chooses a model of the server and shows what fits its task.

import { element, find } from "./elements.js";
import { makeReading } from "./reading.js";
import { makeSeries } from "./series.js";
import { models, tell, useToken } from "./server.js";
import { makeWriting } from "./writing.js";

const titles = {
  image: "Watch a recurrent network read",
  series: "Ask a recurrent network about a series",
  text: "Let a recurrent network write",
};
const views = { image: makeReading(), series: makeSeries(), text: makeWriting() };
const kind = (model) => (model.image ? "image" : model.task === "write" ? "text" : "series");

let known = [];

const choose = (model) => {
  const chosen = kind(model);
  for (const one of Object.keys(views)) find(`#${one}-view`).hidden = one !== chosen;
  find("#title").textContent = titles[chosen];
  document.title = `${titles[chosen]} \u2013 Recurrent`;
  const count = model.parameters.toLocaleString("en");
  find("#facts").textContent = `${model.layers.join(", ").replaceAll("->", "\u2192")}; ${count} parameters`;
  tell("");
  views[chosen](model);
};

const start = async () => {
  try {
    known = await models();
  } catch (problem) {
    return tell(problem);
  }
  find("#token-form").hidden = true;
  if (!known.length) return tell("The server has no models.");
  find(".model").hidden = false;
  find("#model").replaceChildren(...known.map((model, place) => element("option", { value: place }, model.name)));
  choose(known[0]);
};

find("#model").addEventListener("change", (event) => choose(known[Number(event.target.value)]));
find("#token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(find("#token").value);
  find("#token").value = "";
  start();
});
start();
