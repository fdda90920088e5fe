// cdktf keeps, for the message of an error that may come, where each token was made. V8 knows that at once, and takes
// long to write it down: so it is written down when it is read.
const replace = require("./replacement.js");

const FRAME = /^\s*at\s+/;
const NOT_WRITTEN = Symbol("the stack, as V8 has it");
const WRITTEN_WHEN_READ = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [
    trap,
    (lines, ...operands) => {
      write(lines);
      return Reflect[trap](lines, ...operands);
    },
  ]),
);

function capture(below = capture) {
  const captured = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Number.MAX_SAFE_INTEGER;
  Error.captureStackTrace(captured, below);
  Error.stackTraceLimit = stackTraceLimit;
  const lines = [];
  lines[NOT_WRITTEN] = captured;
  return new Proxy(lines, WRITTEN_WHEN_READ);
}

function write(lines) {
  const captured = lines[NOT_WRITTEN];
  if (captured === undefined) return;
  delete lines[NOT_WRITTEN];
  for (const line of captured.stack.split("\n").slice(1)) lines.push(line.replace(FRAME, ""));
}

const REQUESTS = ["./stack-trace", "./private/stack-trace", "./tokens/private/stack-trace"];
replace(REQUESTS, "captureStackTrace", () => capture);
