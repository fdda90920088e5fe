// What is preloaded into the kernel: each changes how fast something goes, and nothing that comes of it.
require("./seldom_optimized.js");
require("./lazy_packages.js");
require("./lazy_stack_traces.js");
require("./quick_resolution.js");
require("./promises.js");
