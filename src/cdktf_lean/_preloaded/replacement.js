// Puts a function of ours in the place of one that a module exports, when that module is first required.
const Module = require("node:module");

const replacements = [];

/** `request` is what the module is required as; `replace` is handed the original function. */
module.exports = (request, name, replace) => replacements.push({ request, name, replace, done: new WeakSet() });

const load = Module._load;
Module._load = function (request, ...context) {
  const loaded = load.call(this, request, ...context);
  for (const { request: wanted, name, replace, done } of replacements)
    if (request === wanted && typeof loaded?.[name] === "function" && !done.has(loaded)) {
      done.add(loaded);
      loaded[name] = replace(loaded[name]);
    }
  return loaded;
};
