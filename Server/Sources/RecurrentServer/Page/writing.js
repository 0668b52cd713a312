// A model of text goes on from a prompt; what it writes comes in piece by piece.

import { element, find } from "./elements.js";
import { listen, tell } from "./server.js";

export const makeWriting = () => {
  let model = null;
  let writing = null;

  const setBusy = (isBusy) => {
    find("#write").disabled = isBusy;
    find("#stop").disabled = !isBusy;
  };

  const write = async () => {
    const current = new AbortController();
    writing = current;
    setBusy(true);
    tell("");
    const prompt = find("#prompt").value;
    const written = document.createTextNode("");
    const place = find("#written");
    place.replaceChildren(element("b", {}, prompt), written);
    find("#written-note").textContent = "";
    let isWhole = false;
    try {
      const wanted = {
        prompt,
        length: Number(find("#length").value),
        temperature: Number(find("#temperature").value),
        seed: Number(find("#seed").value),
      };
      await listen(model, "generate", wanted, current.signal, (name, data) => {
        if (name === "text") {
          const isAtEnd = place.scrollTop + place.clientHeight > place.scrollHeight - 8;
          written.appendData(data.text);
          if (isAtEnd) place.scrollTop = place.scrollHeight;
        }
        if (name === "error") tell(data.error);
        if (name === "end") isWhole = true;
      });
      if (!isWhole && !find("#problem").textContent) tell("The server broke off before the end of the text.");
    } catch (problem) {
      if (problem.name !== "AbortError") tell(problem);
    }
    if (writing !== current) return;
    writing = null;
    setBusy(false);
    find("#written-note").textContent = isWhole ? `${[...written.data].length} characters.` : current.signal.aborted ? "Stopped." : "";
  };

  find("#write-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!writing) write();
  });
  find("#stop").addEventListener("click", () => {
    writing?.abort();
    // The button that is switched off would take the focus with it.
    find("#write").disabled = false;
    find("#write").focus();
  });
  find("#temperature").addEventListener("input", (event) => {
    find("#temperature-number").textContent = Number(event.target.value).toFixed(2);
  });

  return (chosen) => {
    writing?.abort();
    writing = null;
    setBusy(false);
    model = chosen;
    find("#written").replaceChildren();
    find("#written-note").textContent = "";
  };
};
