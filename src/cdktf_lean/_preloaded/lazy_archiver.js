// cdktf requires `archiver` at its start, a fifth of what it loads, and calls it only for assets that are zipped. Until
// then, a function of the same behaviour stands for it.
const Module = require("node:module");

const load = Module._load;
Module._load = function (request, ...context) {
  if (request !== "archiver") return load.call(this, request, ...context);
  let loaded;
  const archiver = () => (loaded ??= load.call(this, request, ...context));
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(archiver(), self, args),
    construct: (_, args) => Reflect.construct(archiver(), args),
    get: (_, name) => archiver()[name],
    has: (_, name) => name in archiver(),
  });
};
