// Puts a function of ours in the place of one of cdktf's, when its module is first required. Ours do what those of one
// version do: any other version keeps its own.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const PACKAGE = { name: "cdktf", version: "0.21.0" };

const replacements = [];

/** Of `requests`, any is what the module is required as; `replace` is handed the original function. */
module.exports = (requests, name, replace) => replacements.push({ requests, name, replace });

const load = Module._load;
Module._load = function (request, parent, ...context) {
  const loaded = load.call(this, request, parent, ...context);
  for (const replacement of replacements)
    if (!replacement.done && replacement.requests.includes(request) && isOfThePackage(parent)) {
      replacement.done = true;
      loaded[replacement.name] = replacement.replace(loaded[replacement.name]);
    }
  return loaded;
};

function isOfThePackage({ filename }) {
  let folder = path.dirname(filename);
  while (!fs.existsSync(path.join(folder, "package.json"))) {
    if (folder === path.dirname(folder)) return false;
    folder = path.dirname(folder);
  }
  const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  return name === PACKAGE.name && version === PACKAGE.version;
}
