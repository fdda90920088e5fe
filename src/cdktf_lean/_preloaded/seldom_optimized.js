// V8 compiles what runs often once more, optimized, which pays after seconds of running. A synthesis takes one, and its
// other core, on which Python works, was taken by the compiler. Since Node 22, V8 itself waits for longer.
const v8 = require("node:v8");

if (Number.parseInt(process.versions.v8) < 12)
  v8.setFlagsFromString("--interrupt-budget=1000000"); // bytes of bytecode between two looks; fifteen times V8's own
