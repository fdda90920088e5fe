"""Runbooks: the commands of a page, followed literally in one shell."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Command", "Runbook"]

_BLOCK = re.compile(r"^(?P<indent> *)```console\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"<[a-z][a-z-]*>")
_NEXT = "\x1e"  # printed before each command: the "record separator", which no command prints


@dataclass(frozen=True)
class Command:
    """A command of a page.

    Attributes:
        text: The command, with continued lines and here-documents.
        expected: The lines below it: an example of its output, in which `…` stands for any text.
        line: The number of its line in the page.
    """

    text: str
    expected: str
    line: int

    def prints(self, output: str) -> bool:
        """Return whether an output is as in the example. Runs of white space are equal; `…` stands for any text."""
        text, place = " ".join(output.split()), 0
        for part in " ".join(self.expected.split()).split("…"):
            place = text.find(part.strip(), place)
            if place < 0:
                return False
            place += len(part.strip())
        return True


@dataclass(frozen=True)
class Runbook:
    """A page of `docs/runbooks/`.

    Args:
        page: Its file.
    """

    page: Path

    def commands(self) -> Iterator[Command]:
        """Yield the commands of its `console` blocks, in order.

        `$ ` begins a command. It continues after a `\\` at the end of a line, and in lines that begin with `> `.
        """
        text = self.page.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(text):
            first = text.count("\n", 0, block.start()) + 2
            lines = [line.removeprefix(block["indent"]) for line in block["text"].splitlines()]
            yield from _commands(lines, first)

    def follow(self, variables: Mapping[str, str], *, checkout: Path, values: Mapping[str, str]) -> str:
        """Run the commands in one shell; return what they print.

        Args:
            variables: The environment variables of the shell: those of the role that the page names.
            checkout: The folder in which the shell starts.
            values: The value of each placeholder: `environment` for `<environment>`.

        Raises:
            AssertionError: A command fails, its output is not as in the example, or a placeholder has no value.
        """
        commands = [self._filled(command, values) for command in self.commands()]
        script = "".join(f"printf '\\036'\n{command.text}\n" for command in commands)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=checkout,
            env={**variables, "AWS_PAGER": "", "CI": "true"},  # CI: cdktf prints lines instead of spinners
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        outputs = done.stdout.split(_NEXT)[1:]
        for command, output in zip(commands, outputs, strict=False):
            where = f"{self.page.name}:{command.line}: {command.text}"
            last = output is outputs[-1]
            assert not (last and done.returncode), f"{where}\nexit code {done.returncode}\n{output}"
            assert command.prints(output), f"{where}\nexpected: {command.expected}\nprinted: {output}"
        return done.stdout.replace(_NEXT, "")

    def _filled(self, command: Command, values: Mapping[str, str]) -> Command:
        def value(found: re.Match[str]) -> str:
            name = found[0][1:-1]
            assert name in values, f"{self.page.name}:{command.line}: the test has no value for {found[0]}"
            return values[name]

        return Command(
            _PLACEHOLDER.sub(value, command.text), _PLACEHOLDER.sub(value, command.expected), command.line
        )


def _commands(lines: list[str], first: int) -> Iterator[Command]:
    place = 0
    while place < len(lines):
        start, typed = place, [lines[place].removeprefix("$ ")]
        while place + 1 < len(lines) and (typed[-1].endswith("\\") or lines[place + 1].startswith("> ")):
            place += 1
            typed.append(lines[place].removeprefix("> "))
        place += 1
        printed = []
        while place < len(lines) and not lines[place].startswith("$ "):
            printed.append(lines[place])
            place += 1
        yield Command("\n".join(typed), "\n".join(printed).strip(), first + start)
