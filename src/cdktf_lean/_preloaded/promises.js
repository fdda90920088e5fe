// The kernel's side of requests that are not waited for (see ../_promises.py).
//
// The line of such a request begins with a name. Its response is not sent; the name stands for what it brought, an
// object or a token, in all that is said after it, both ways. When such a request fails, its error is sent, and what
// follows is not done, until the other side says that it has heard. "nothing-..." stands for no response at all, and of
// the name "hint", nobody hears anything, not even an error.
const fs = require("node:fs");

const WIRE = 3; // the descriptor on which jsii's kernel speaks
const HEARD = "heard";
const HINT = "hint";
const NOTHING = "nothing-";
const REQUEST = /^(hint|(?:promise|nothing)-[0-9a-f]+-\d+) /;
const NAMES = /promise-[0-9a-f]+-\d+/g;
const TOKEN = /^\$\{TfToken\[([^\]]+)\]\}$/;
const REFERENCES = /("\$jsii\.byref":"[^"]*@)(\d+)(?=")|(\$\{TfToken\[)([^\]"]+)/g;

const { readSync, writeSync } = fs;
const meanings = new Map(); // of names: the number of an object, or of a token
const names = new Map(); // of these
let promised; // the name of the request that is underway, if it has one
let failed = false;

const translated = (line) => line.replace(NAMES, (name) => meanings.get(name) ?? name);
const named = (line) =>
  line.replace(REFERENCES, (all, object, number, token, key) => {
    const meaning = number ?? key;
    return (object ?? token) + (names.get(meaning) ?? meaning);
  });

function keep(name, ok) {
  if (name.startsWith(NOTHING)) return undefined;
  const meaning = ok["$jsii.byref"]?.split("@").pop() ?? TOKEN.exec(ok.value)?.[1];
  if (meaning === undefined)
    return "an attribute that the bindings declare as a string is no reference: this needs pipelined=False";
  meanings.set(name, meaning);
  names.set(meaning, name);
}

const chunk = Buffer.alloc(1 << 20);
let received = Buffer.alloc(0);
let request = Buffer.alloc(0); // what the kernel has yet to read of it

function nextLine() {
  for (let searched = 0, end; ; ) {
    if ((end = received.indexOf(10, searched)) >= 0) {
      const line = received.toString("utf8", 0, end);
      received = received.subarray(end + 1);
      return line;
    }
    searched = received.length;
    const size = readSync(WIRE, chunk, 0, chunk.length, null);
    if (size === 0) return undefined;
    received = Buffer.concat([received, chunk.subarray(0, size)]);
  }
}

function nextRequest() {
  for (let line; (line = nextLine()) !== undefined; ) {
    if (line === HEARD) failed = false;
    else if (!failed) {
      promised = REQUEST.exec(line)?.[1];
      return Buffer.from(translated(promised ? line.slice(promised.length + 1) : line) + "\n");
    }
  }
  return Buffer.alloc(0);
}

fs.readSync = (descriptor, buffer, ...where) => {
  if (descriptor !== WIRE) return readSync(descriptor, buffer, ...where);
  if (request.length === 0) request = nextRequest();
  const size = request.copy(buffer);
  request = request.subarray(size);
  return size;
};

fs.writeSync = (descriptor, buffer, ...where) => {
  if (descriptor !== WIRE) return writeSync(descriptor, buffer, ...where);
  let line = buffer.toString();
  if (promised === HINT) return buffer.length;
  if (promised) {
    const { ok, ...response } = JSON.parse(line);
    const error = ok ? keep(promised, ok) : response.error;
    if (error === undefined) {
      promised = undefined;
      return buffer.length;
    }
    failed = true;
    line = JSON.stringify({ name: "Error", stack: "", ...response, error, promised }) + "\n";
    promised = undefined;
  }
  const sent = Buffer.from(named(line));
  for (let offset = 0; offset < sent.length; ) offset += writeSync(WIRE, sent, offset);
  return buffer.length;
};
