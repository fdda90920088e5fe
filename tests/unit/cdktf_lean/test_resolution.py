"""What the kernel resolves quickly is what cdktf makes of it, value by value and error by error."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PRELOADED = ROOT / "src" / "cdktf_lean" / "_preloaded" / "index.js"

# One value a line, as JavaScript; `token` and the like are made below.
VALUES = r"""
"plain", "", 0, 5, -5, 0.5, 1e300, -0, NaN, true, null, undefined, new Date(0)
"$$", "}", "${", "${literal}", "a ${token} b", "${not a token", "\\", "\n", '"', "1e5", "-2.5e-3", "a1b2e3f4", "1e"
string, `${string}`, `a ${string} b ${string}`, `\${x} ${string} }`, `{"Resource": "${string}/*"}`, `1e5 ${string}`
number, list, numbers, map, numberMap, anyMap, boolean, lazy, lazyPlain, lazyUndefined, nested
`n ${number}`, [number], { number }, [list], list.concat("more"), ["before"].concat(list), { list }, { map }
[], {}, [undefined], [null], [, 1], { a: undefined }, { a: null }, { a: {} }, { a: [] }
[[]], [undefined, "a", [undefined]]
{ [string]: "key" }, { [`${string}-key`]: { b: string } }, { a: { [string]: undefined } }, { ["TfToken"]: 1 }
{ "1e5": 1 }, { ["&{TfToken[TOKEN.999]}"]: 1 }, "${TfToken[TOKEN.999]}"
"#{TfToken[TOKEN.999]}", ["#{TfToken[TOKEN.999]}"]
"String Map Token Value", "Any Map Token Value", -123456789, { a: "String Map Token Value" }, { a: { b: -123456789 } }
() => 1, { a: { b: () => 1 } }, { a: { b: 1 }, c: () => 1 }, [() => 1], Symbol("x"), 5n, { a: 5n }
construct, { a: [construct] }, { a: { _children: 1, _metadata: 1 } }
circular, failing, { a: { b: [failing] } }, lazyFailing, { b: `x ${lazyFailing}` }
new (class Own { constructor() { this.a = "b"; this.c = string; } })()
Object.create(null), { a: Object.create({ inherited: 1 }) }
JSON.parse('{"__proto__": {"a": 1}}'), { resolve: "no function" }
{ resolve: () => "resolved" }, { a: { resolve: () => string } }
cdktf.Fn.join(",", ["a", string]), cdktf.Fn.jsonencode({ a: string, b: ["c"] }), { a: cdktf.Fn.element(list, 0) }
cdktf.Fn.lookup(map, "a", "b"), cdktf.Token.asString(cdktf.Fn.merge([{ a: 1 }, { b: string }]))
cdktf.rawString('"${x}')
"""

PROGRAM = """
const cdktf = require("cdktf");
const { Token, Lazy } = cdktf;
const app = new cdktf.App({ skipValidation: true, outdir: process.argv[2] });
const construct = new cdktf.TerraformStack(app, "stack");
const other = new cdktf.TerraformStack(app, "other");
new cdktf.LocalBackend(other, {});
const output = new cdktf.TerraformVariable(construct, "variable", {});
const string = output.stringValue, number = output.numberValue, list = output.listValue, boolean = output.booleanValue;
const map = Token.asStringMap(output.fqn), numberMap = Token.asNumberMap(output.fqn);
const anyMap = Token.asAnyMap(output.fqn), numbers = Token.asNumberList(output.fqn);
const lazy = Lazy.anyValue({ produce: () => ({ a: string, b: [undefined, "c"] }) });
const lazyPlain = Lazy.stringValue({ produce: () => "produced 1e5" });
const lazyUndefined = Lazy.anyValue({ produce: () => undefined });
const lazyFailing = Lazy.stringValue({ produce: () => { throw new Error("cannot produce"); } });
const nested = Token.asString({ a: { b: [string, { [string]: number }] } });
const failing = { resolve: () => { throw new Error("does not resolve"); } };
const circular = {}; circular.itself = { circular };
const values = [VALUES];
const stacks = /Object creation stack:[^]*/;
for (const scope of [construct, other])
  for (const preparing of [false, true])
    for (const value of [...values.keys()]) {
      let outcome;
      const shown = (_, part) => (part === undefined || typeof part === "bigint" ? typeof part : part);
      try {
        const resolved = cdktf.Tokenization.resolve(values[value], {
          scope, preparing, resolver: new cdktf.DefaultTokenResolver(new cdktf.StringConcat()),
        });
        outcome = [typeof resolved, Object.is(resolved, -0) ? "-0" : String(JSON.stringify(resolved, shown))];
      } catch (error) {
        outcome = ["error", error.message.replace(stacks, "Object creation stack")];
      }
      console.log(JSON.stringify([scope.node.id, preparing, value, ...outcome]));
    }
""".replace("VALUES", ",".join(VALUES.strip().splitlines()))


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node finds the cdktf that the Python package carries."""
    cdktf = pytest.importorskip("cdktf")
    folder = tmp_path_factory.mktemp("node")
    for name in ("cdktf", "constructs"):
        package = Path(cdktf.__file__).parents[1] / name / "_jsii"
        (tarball,) = package.glob("*.jsii.tgz")
        with tarfile.open(tarball) as archive:
            archive.extractall(folder, filter="data")
        (folder / "node_modules").mkdir(exist_ok=True)
        (folder / "package").rename(folder / "node_modules" / name)
    return folder


def _said(program: str, folder: Path, *options: str) -> str:
    script = folder / "program.js"
    script.write_text(program)
    process = subprocess.run(
        ["node", *options, str(script), str(folder / "out")], cwd=folder, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_every_kind_of_value_resolves_as_ever(framework: Path) -> None:
    stock = _said(PROGRAM, framework)
    assert len(stock.splitlines()) > 400
    assert {json.loads(line)[3] for line in stock.splitlines()} >= {"string", "number", "object", "error"}
    assert _said(PROGRAM, framework, f"--require={PRELOADED}") == stock


FAILING = """
const { Lazy, Tokenization, Token, DefaultTokenResolver, StringConcat } = require("cdktf");
const resolver = new DefaultTokenResolver(new StringConcat());
const madeHere = () => Lazy.anyValue({ produce: () => { throw new Error("cannot produce"); } });

setImmediate(() => {
  try {
    Tokenization.resolve({ a: [madeHere()] }, { scope: {}, preparing: false, resolver });
  } catch (error) {
    console.log(error.message);
  }
  const { creationStack } = madeHere();
  console.log(Array.isArray(creationStack), creationStack.length, JSON.stringify(creationStack));
  console.log(creationStack.map((line) => line), [...creationStack], Object.keys(creationStack));
  console.log(0 in creationStack, creationStack.concat(["more"]), creationStack[1], delete creationStack[0]);
});
"""


def test_an_error_tells_where_a_token_was_made_as_ever(framework: Path) -> None:
    stock = _said(FAILING, framework)
    assert "madeHere" in stock
    assert _said(FAILING, framework, f"--require={PRELOADED}") == stock


REPLACED = """
const replaced = (path, name, ours) => require(`cdktf/lib/tokens/${path}`)[name].toString().includes(ours);
require("cdktf");
console.log(
  replaced("private/resolve", "resolve", "UNSETTLED") || replaced("private/resolve", "resolve", "walk"),
  replaced("private/stack-trace", "captureStackTrace", "NOT_WRITTEN"),
);
"""


def test_another_version_keeps_its_own_functions(framework: Path, tmp_path: Path) -> None:
    shutil.copytree(framework / "node_modules", tmp_path / "node_modules")
    assert _said(REPLACED, tmp_path, f"--require={PRELOADED}") == "true true\n"
    description = tmp_path / "node_modules" / "cdktf" / "package.json"
    description.write_text(description.read_text().replace('"version": "0.21.0"', '"version": "0.21.1"'))
    assert _said(REPLACED, tmp_path, f"--require={PRELOADED}") == "false false\n"
    assert _said(PROGRAM, tmp_path, f"--require={PRELOADED}") == _said(PROGRAM, framework)
