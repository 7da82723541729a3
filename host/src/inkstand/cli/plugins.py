"""`inkstand plugins`: what is installed, what is wrong with it, and switching it off and on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inkstand.cli.output import json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.studio import InstalledPlugins, PluginRow

SLOW_HINT = "Its author should import heavy libraries inside the functions that use them."


@click.group("plugins")
def command() -> None:
    """List, examine, disable or enable plugins."""


@command.command("list")
@json_option
@click.pass_obj
def list_(state: State, *, as_json: bool) -> None:
    """List the installed plugins, the broken ones included."""
    rows = _plugins(state).rows()
    STATUS.clear()
    if as_json:
        print_json(rows)
        return
    _print_rows(rows)


@command.command("info")
@click.argument("name")
@json_option
@click.pass_obj
def info(state: State, name: str, *, as_json: bool) -> None:
    """Show all that is known of a plugin: for a broken one why, and what mends it."""
    rows = _plugins(state).details(name)
    STATUS.clear()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        _print_row(row)
        for offer in row.offers:
            _print(f"\n  {offer.kind} {offer.name}: {offer.summary or offer.title}")
            if offer.probe.version:
                _print(f"    library {offer.probe.version}")
            if not offer.probe.ok:
                _print(f"    cannot run here: {offer.probe.missing} {offer.probe.fix}".rstrip())


@command.command("doctor")
@json_option
@click.pass_obj
def doctor(state: State, *, as_json: bool) -> None:
    """Say which plugins are broken, slow or noisy, and what to do about it."""
    rows = _plugins(state).rows()
    STATUS.clear()
    ill = [row for row in rows if _complaints(row)]
    if as_json:
        print_json(ill)
        return
    for row in ill:
        _print(f"{row.name} ({row.distribution or row.interpreter}):")
        for complaint in _complaints(row):
            _print(f"  {complaint}")
        if row.fix:
            _print(f"  Fix: {row.fix}")
    well = len(rows) - len(ill)
    _print(f"{well} of {len(rows)} plugins {'is' if len(rows) == 1 else 'are'} well.")


@command.command("refresh")
@click.option("--all", "everything", is_flag=True, help="Examine all plugins, changed or not.")
@json_option
@click.pass_obj
def refresh(state: State, *, everything: bool, as_json: bool) -> None:
    """Examine the plugins that changed, and the broken ones, again."""
    rows = _plugins(state).refresh(everything=everything)
    STATUS.clear()
    if as_json:
        print_json(rows)
        return
    _print_rows(rows)


@command.command("disable")
@click.argument("name")
@json_option
@click.pass_obj
def disable(state: State, name: str, *, as_json: bool) -> None:
    """Stop using a plugin: it stays installed, and is not imported anymore."""
    _say_switched(_plugins(state).disable(name), "disabled", as_json=as_json)


@command.command("enable")
@click.argument("name")
@json_option
@click.pass_obj
def enable(state: State, name: str, *, as_json: bool) -> None:
    """Use a disabled plugin again."""
    _say_switched(_plugins(state).enable(name), "enabled", as_json=as_json)


def _plugins(state: State) -> InstalledPlugins:
    return state.studio.plugins


def _say_switched(distribution: str, now: str, *, as_json: bool) -> None:
    STATUS.clear()
    if as_json:
        print_json({"distribution": distribution, "state": now})
        return
    _print(f"{distribution} is {now}.")


def _print(text: str) -> None:
    """Print what plugins say of themselves, without anything that would steer a terminal."""
    shown = "".join(char if char.isprintable() or char in "\n\t" else "?" for char in text)
    print(shown)


def _print_rows(rows: list[PluginRow]) -> None:
    """A line each, and for one that is not well a second line that says why."""
    if not rows:
        _print("No plugin is installed. Try: pip install inkstand-writing")
        return
    table = [
        (row.name, row.state, _origin(row), ", ".join((*row.provides, *row.hooks))) for row in rows
    ]
    widths = [max(len(cells[column]) for cells in table) for column in range(3)]
    for row, cells in zip(rows, table, strict=True):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        _print("  ".join((*padded, cells[3])).rstrip())
        if row.cause or row.missing:
            _print(f"    {row.cause or row.missing}")
    if any(row.cause or row.missing for row in rows):
        _print("\nTo see how one is mended: inkstand plugins info NAME")


def _origin(row: PluginRow) -> str:
    return f"{row.distribution} {row.version}".strip()


def _print_row(row: PluginRow) -> None:
    _print(f"{row.name}, from {_origin(row) or row.interpreter}: {row.state}")
    for what, value in (
        ("Offers", ", ".join(row.provides)),
        ("Takes part in", ", ".join(row.hooks)),
        ("Cause", row.cause),
        ("Missing", row.missing),
        ("Fix", row.fix),
        ("Import", f"{row.import_ms:,.0f} ms" if row.import_ms else ""),
        ("Slow", _slowness(row)),
        ("Notes", "; ".join(row.notes)),
        ("Python", row.interpreter),
    ):
        if value:
            _print(f"  {what + ':':<15}{value}")
    if row.traceback:
        _print("\n" + row.traceback)


def _complaints(row: PluginRow) -> list[str]:
    complaints = []
    if row.state in ("broken", "refused", "duplicate"):
        complaints.append(f"{row.state}: {row.cause}")
    if row.missing:
        complaints.append(f"lacks something: {row.missing}")
    if row.slow:
        complaints.append(_slowness(row))
    return [*complaints, *row.notes]


def _slowness(row: PluginRow) -> str:
    if not row.slow:
        return ""
    heavy = f" and brings in {', '.join(row.heavy)}" if row.heavy else ""
    return f"slow: its import takes {row.import_ms:,.0f} ms{heavy}. {SLOW_HINT}"
