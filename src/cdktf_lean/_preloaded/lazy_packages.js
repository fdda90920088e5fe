// Packages that cdktf requires at its start and seldom calls: `archiver` zips assets, `semver` compares the versions of
// programs. They take two fifths of its loading. Until they are used, something of the same behaviour stands for them.
const Module = require("node:module");

const SELDOM_USED = new Set(["archiver", "semver"]);

const load = Module._load;
Module._load = function (request, ...context) {
  if (!SELDOM_USED.has(request)) return load.call(this, request, ...context);
  let loaded;
  const used = () => (loaded ??= load.call(this, request, ...context));
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(used(), self, args),
    construct: (_, args) => Reflect.construct(used(), args),
    get: (_, name) => used()[name],
    has: (_, name) => name in used(),
  });
};
