# noqa: INP001 - a script, not a package
"""Writes `docs/reference/` from the code: help texts, Structs, docstrings.

    python docs/generate_reference.py [--into FOLDER]

A test compares what this gives with what is committed.
"""

from __future__ import annotations

import argparse
import ast
import inspect
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import msgspec

from inkstand_sdk.settings import Field, form

REFERENCE = Path(__file__).parent / "reference"
BACKENDS = ("inkstand-llamacpp",)
TOOLS = ("inkstand-writing",)
_ENGINE_KIT = (
    "asked", "stops", "plain_chat", "engine_settings", "gguf.header", "gbnf.check", "gbnf.schemas",
    "gbnf.closing",
)  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef
_WIDTH = 92
_RUN_ARGUMENTS = "TOOL [PATH|-] [OPTIONS]"
NOTICE = "*This page is made from the code by `docs/generate_reference.py`.*"


def main() -> None:
    """Write every page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--into", type=Path, default=REFERENCE)
    folder: Path = options.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    for name, title, lines in _pages():
        text = "\n".join([f"# {title}", "", NOTICE, "", *lines]).rstrip() + "\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")


def _pages() -> Iterator[tuple[str, str, Iterable[str]]]:
    yield "cli", "Command line", _command_line()
    yield "settings", "Settings", _settings()
    yield "keys", "Keys", import_module("keys_page").keys_page()
    yield "tools", "Tools", _tools()
    yield "hooks", "Hooks", _hooks()
    contract = ("backend", "tool", "source", "embedder", "store", "capabilities")
    yield "contract", "Plugin contract", _modules(*contract, "manuscript", "settings")
    yield (
        "reading",
        "What a reading holds",
        _modules("reader", "facts", "style", "findings", "span"),
    )
    yield "messages", "Messages", _modules("messages")
    yield "client", "SDK for applications", _modules("client")
    yield "testing", "Testing kit", _modules(*_testing_modules())
    yield "engine-kit", "Engine kit", _modules(*_ENGINE_KIT)
    yield "errors", "Errors", _errors()
    yield "worker-protocol", "Worker protocol", _modules("worker.protocol")


# -- the command line ---------------------------------------------------------------------------


def _command_line() -> Iterator[str]:
    from inkstand.cli.main import cli

    yield "Exit status: 0 when it worked, 1 when it failed, 2 for wrong usage, 130 after Ctrl-C."
    yield "Results go to standard output, everything else to standard error. With"
    yield "`INKSTAND_DEBUG=1` an error shows its traceback. `INKSTAND_HOME` moves every folder that"
    yield "Inkstand writes to below one place."
    yield ""
    yield "The flags that each tool adds to `inkstand run` are on the page [Tools](tools.md)."
    yield from _helps(cli, click.Context(cli, info_name="inkstand", **cli.context_settings))


def _helps(command: click.Command, context: click.Context) -> Iterator[str]:
    context.terminal_width = context.max_content_width = 80
    if command.name == "run":
        # Its subcommands are whatever tools are installed here.
        command = click.Group(
            "run", params=command.params, help=command.help, subcommand_metavar=_RUN_ARGUMENTS
        )
    yield from ("", f"## {context.command_path}", "", "```text")
    yield from (line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _helps(inner, click.Context(inner, parent=context, info_name=name))


# -- Structs of plugins and settings ------------------------------------------------------------


def _settings() -> Iterator[str]:
    from inkstand.config import Config

    yield "Settings live in one TOML file; `inkstand config path` prints where. They are read with"
    yield "`inkstand config get KEY` and changed with `inkstand config set KEY VALUE`; comments in"
    yield "the file are kept. A setting that is not there has its default."
    yield ""
    yield from _table(form(_without_plugins(Config)))
    for name, cls in _provided(BACKENDS, "backend"):
        yield from ("", f"## backends.{name}", "", f"Settings of the backend {cls.title}.", "")
        yield from _table(form(cls.Settings), f"backends.{name}.")
    yield from ("", "## tools.NAME", "")
    yield "`tools.NAME.model` is the model that this tool prefers, as `[backend:]id` or a path. A"
    yield "tool with settings of its own takes them here too."
    yield from ("", "## readers.NAME", "", "A reader's own settings, where it has any.")


def _without_plugins(cls: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The settings whose names are known; below the open sections they are the plugins'."""
    fields = msgspec.structs.fields(cls)
    from inkstand.config import OPEN_SECTIONS

    return msgspec.defstruct(
        cls.__name__,
        [(f.name, f.type, f.default) for f in fields if f.name not in OPEN_SECTIONS],
        frozen=True,
    )


def _tools() -> Iterator[str]:
    yield "What each tool takes and gives. A field of the input is a flag of `inkstand run TOOL`,"
    yield "an argument of `tools.TOOL(...)` in the SDK, and a key of the JSON that a program sends."
    for name, cls in sorted(_provided(TOOLS, "tool")):
        yield from ("", f"## {name}", "", inspect.getdoc(cls) or cls.title, "")
        yield f"Engines: {', '.join(cls.capabilities.engines)}."
        yield from ("", f"### Input of {name}", "", *_table(form(cls.Input), flags=True))
        yield from ("", f"### Output of {name}", "", *_table(form(cls.Output)))


def _provided(distributions: Sequence[str], kind: str) -> list[tuple[str, Any]]:
    from inkstand_sdk.loading import load_distribution

    found: list[tuple[str, Any]] = []
    for distribution in distributions:
        found.extend(load_distribution(distribution).providers(kind).items())
    return found


def _table(fields: Sequence[Field], prefix: str = "", *, flags: bool = False) -> Iterator[str]:
    """A Markdown table of a form; nested fields follow under dotted names."""
    yield f"| {'Flag' if flags else 'Name'} | Kind | Default | What it is |"
    yield "|---|---|---|---|"
    for name, field in _flat(fields, prefix, {}):
        default = "" if field.default is None else f"`{_plain(field.default)}`"
        shown = f"--{name.replace('_', '-')}" if flags else name
        about = " ".join(part for part in (field.help, _bounds(field)) if part)
        yield f"| `{shown}` | {_kind(field)} | {default} | {about.replace('|', '&#124;')} |"


def _flat(
    fields: Sequence[Field], prefix: str, seen: dict[tuple[Field, ...], str]
) -> Iterator[tuple[str, Field]]:
    """Fields with their dotted names; a struct that came before is referred to, not repeated."""
    for field in fields:
        name = prefix + field.name
        earlier = seen.setdefault(field.fields, name) if field.fields else name
        if earlier != name:
            about = f"{field.help} Fields as in `{earlier}`.".strip()
            yield name, msgspec.structs.replace(field, help=about)
            continue
        if field.kind == "struct" and not prefix.endswith("[]."):
            yield from _flat(field.fields, f"{name}.", seen)
            continue
        yield name, field
        yield from _flat(field.fields, f"{name}[]." if field.kind == "list" else f"{name}.", seen)


def _plain(value: Any) -> str:
    shown = list(value) if isinstance(value, tuple) else value
    return str(shown).lower() if isinstance(shown, bool) else repr(shown).replace("'", '"')


def _kind(field: Field) -> str:
    kind = f"list of {field.items}" if field.kind == "list" else field.kind
    return f"{kind} or null" if field.optional else kind


def _bounds(field: Field) -> str:
    if field.choices:
        return f"One of {', '.join(field.choices)}."
    if field.kind not in ("integer", "number"):
        return ""
    low, high = field.minimum, field.maximum
    more, less = (
        " (excluded)" if e else "" for e in (field.exclusive_minimum, field.exclusive_maximum)
    )
    if low is not None and high is not None:
        return f"From {_number(low)}{more} to {_number(high)}{less}."
    return f"At least {_number(low)}{more}." if low is not None else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


# -- docstrings ---------------------------------------------------------------------------------


def _hooks() -> Iterator[str]:
    from inkstand_sdk import hookspecs

    yield _prose(hookspecs)
    for names in (hookspecs.PROVIDERS.values(), hookspecs.TAKERS):
        title = (
            "Hooks that take part" if names is hookspecs.TAKERS else "Hooks that provide classes"
        )
        yield from ("", f"## {title}")
        if names is hookspecs.TAKERS:
            yield from ("", "They are called one implementation at a time, each given the last")
            yield "one's result. One that fails is named in the result's notes and skipped."
        for name in names:
            function = getattr(hookspecs, name)
            signature = str(inspect.signature(function)).replace("'", "")
            yield from ("", f"### {name}", "", "```python", f"def {name}{signature}", "```", "")
            yield inspect.getdoc(function) or ""


def _errors() -> Iterator[str]:
    from inkstand_sdk import errors

    yield _prose(errors)
    yield from ("", "On the command line every one of them is a paragraph on standard error. The")
    yield "exit status is 2 for `usage` and 1 for the others."
    yield from ("", "| Code | Class | Meaning |", "|---|---|---|")
    for name, cls in vars(errors).items():
        if inspect.isclass(cls) and issubclass(cls, errors.InkstandError):
            meaning = " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())
            yield f"| `{cls.code}` | `{name}` | {meaning} |"
    yield from _members(errors, ("InkstandError", "ErrorInfo"))


def _testing_modules() -> list[str]:
    folder = Path(str(import_module("inkstand_sdk.testing").__file__)).parent
    return [f"testing.{path.stem}" for path in sorted(folder.glob("[a-z]*.py"))]


def _modules(*names: str) -> Iterator[str]:
    for name in names:
        module = import_module(f"inkstand_sdk.{name}")
        yield from ("", f"## {module.__name__}", "", _prose(module))
        tree = ast.parse(inspect.getsource(module))
        yield from _members(module, [node.name for node in _public(tree.body)])


def _prose(module: ModuleType) -> str:
    """A module's docstring; tables and examples in it are kept as they stand."""
    first, _, rest = (inspect.getdoc(module) or "").partition("\n\n")
    parts = [first]
    for part in rest.split("\n\n") if rest else []:
        drawn = part.startswith(("===", "    ")) or " = run_tool(" in part
        parts.append(f"```text\n{inspect.cleandoc(part)}\n```" if drawn else part)
    return "\n\n".join(parts)


def _members(module: ModuleType, names: Sequence[str]) -> Iterator[str]:
    tree = ast.parse(inspect.getsource(module))
    for node in _public(tree.body):
        if node.name in names:
            yield from ("", f"### {node.name}", "")
            yield from _class(node) if isinstance(node, ast.ClassDef) else _function(node)


def _public(body: Sequence[ast.stmt]) -> list[ast.ClassDef | Function]:
    kinds = ast.ClassDef | Function
    return [node for node in body if isinstance(node, kinds) and not node.name.startswith("_")]


def _class(node: ast.ClassDef) -> Iterator[str]:
    yield _sections(ast.get_docstring(node) or "")
    annotated = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    fields = [each for each in annotated if not ast.unparse(each.target).startswith("_")]
    if fields:
        yield from ("", "| Field | Type | Default | |", "|---|---|---|---|")
    for field in fields:
        kind, about = _annotation(field.annotation)
        place = node.body.index(field) + 1
        following = node.body[place] if place < len(node.body) else None
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            about = about or " ".join(str(following.value.value).split())
        default = f"`{ast.unparse(field.value)}`" if field.value else ""
        shown = kind.replace(" | ", " or ")
        cells = (f"`{ast.unparse(field.target)}`", f"`{shown}`", default, about)
        yield "| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |"
    for method in _public(node.body):
        if method.name.startswith("test_"):
            about = " ".join((ast.get_docstring(method) or "").split())
            yield from ("", f"- `{method.name}`: {about}")
        elif isinstance(method, Function):
            yield from ("", f"#### {node.name}.{method.name}", "", *_function(method))


def _function(node: Function) -> Iterator[str]:
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    yield "```python"
    yield from (f"@{mark}" for mark in marks if mark in ("property", "classmethod", "staticmethod"))
    define = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    line = f"{define} {node.name}({ast.unparse(node.args)}){returns}"
    if len(line) <= _WIDTH:
        yield line
    else:
        yield f"{define} {node.name}("
        yield from (f"    {argument}," for argument in _arguments(ast.unparse(node.args)))
        yield f"){returns}"
    yield "```"
    yield from ("", _sections(ast.get_docstring(node) or ""))


def _arguments(text: str) -> Iterator[str]:
    """The arguments of a signature, split at the commas outside brackets."""
    depth = start = 0
    for at, character in enumerate(text):
        depth += (character in "[({") - (character in "])}")
        if character == "," and not depth:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _annotation(node: ast.expr) -> tuple[str, str]:
    """A field's type without its `Meta`, and the description that the `Meta` holds."""
    about = ""
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg == "description" and isinstance(keyword.value, ast.Constant):
                about = str(keyword.value.value)
    return ast.unparse(_Bare().visit(node)), about


class _Bare(ast.NodeTransformer):
    """Takes `Annotated[T, ...]` down to `T`, and `ClassVar[T]` too."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node.slice if ast.unparse(node.value) == "ClassVar" else node


def _sections(docstring: str) -> str:
    """A docstring with its Args and Raises as lists."""
    lines, inside = [], False
    for line in docstring.splitlines():
        if line in ("Args:", "Raises:", "Returns:"):
            inside = True
            lines += [f"**{line[:-1]}**", ""]
        elif inside and line.startswith("    ") and not line.startswith("     "):
            lines.append(f"- {line.strip()}")
        elif inside and line.startswith("     "):
            lines.append(f"  {line.strip()}")
        else:
            inside = inside and not line
            lines.append(line)
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    main()
