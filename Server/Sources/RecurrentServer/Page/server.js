// Requests to the page's own server.

import { find } from "./elements.js";

// Kept in memory alone: it is gone when the page is closed.
let token = "";
export const useToken = (text) => { token = text.trim(); };

export class ServerError extends Error {}

export const tell = (problem) => {
  find("#problem").textContent = problem instanceof Error ? problem.message : problem;
};

// The answer to a request, once its status is right.
export const ask = async (path, options = {}) => {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The server does not answer; see whether it still runs.");
  }
  if (response.ok) return response;
  if (response.status === 401) {
    find("#token-form").hidden = false;
    find("#token").focus();
  }
  let text = `The server answered ${response.status}.`;
  try {
    text = (await response.json()).error || text;
  } catch {
    // What is no JSON is told by its status.
  }
  throw new ServerError(text);
};

const address = (model, action) => `/v1/models/${encodeURIComponent(model.name)}/${action}`;

export const models = async () => (await (await ask("/v1/models")).json()).models;

export const post = async (model, action, type, body, query = "") =>
  (await ask(address(model, action) + query, { method: "POST", headers: { "Content-Type": type }, body })).json();

// Calls `onEvent` with the name and the data of each server-sent event, until the server ends them.
export const listen = async (model, action, body, signal, onEvent) => {
  const response = await ask(address(model, action), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = events.pop();
    for (const event of events) {
      let name = "message";
      const data = [];
      for (const line of event.split("\n")) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5));
      }
      if (data.length || name !== "message") onEvent(name, data.length ? JSON.parse(data.join("\n")) : {});
    }
  }
};
