// cdktf resolves every stack three times, and takes each value, key and string of it through a context of its own, whether
// there is a token in it or not. Here, what is plain is walked through, and only what may have to do with a token is
// handed to cdktf's own function.
const replace = require("./replacement.js");

// Markers of tokens in strings, lists and maps ("TfToken[", "String Map Token Value"), or what may be a number's.
const UNSETTLED = /Token|[-|\d.+]e[-|\d.+eE]/;
const LIST_MARKER = "#{TfToken[";
const DEEPEST = 200; // where cdktf takes it that an object contains itself

const isSettledNumber = (value) => Number.isSafeInteger(value) && value >= 0; // tokens in numbers are below zero
const isPlain = (value) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
const isToken = (value) => typeof value.resolve === "function";
const isConstruct = (value) => value._children !== undefined && value._metadata !== undefined;
const mayBeOfAList = (value) =>
  typeof value === "string" ? value.includes(LIST_MARKER) : typeof value === "number" && !isSettledNumber(value);

replace(["./private/resolve"], "resolve", (resolve) => (whole, options) => {
  const path = [...(options.prefix ?? [])];
  const leave = (value) => resolve(value, { ...options, prefix: [...path] });
  const below = (value, key) => {
    path.push(key);
    const resolved = walk(value);
    path.pop();
    return resolved;
  };
  const ofList = (list) =>
    list.map((value, index) => below(value, `${index}`)).filter((value) => value !== undefined);

  function ofObject(object) {
    const keys = Object.keys(object);
    if (keys.some((key) => UNSETTLED.test(key))) return leave(object);
    const result = {};
    for (const key of keys) {
      const value = below(object[key], key);
      if (value !== undefined) result[key] = value;
    }
    return result;
  }

  function walk(value) {
    switch (typeof value) {
      case "string":
        return UNSETTLED.test(value) ? leave(value) : value;
      case "number":
        return isSettledNumber(value) ? value : leave(value);
      case "boolean":
      case "undefined":
        return value;
    }
    if (value === null) return null;
    if (typeof value !== "object" || path.length > DEEPEST) return leave(value);
    if (Array.isArray(value)) return value.some(mayBeOfAList) ? leave(value) : ofList(value);
    return isPlain(value) && !isToken(value) && !isConstruct(value) ? ofObject(value) : leave(value);
  }

  return walk(whole);
});
