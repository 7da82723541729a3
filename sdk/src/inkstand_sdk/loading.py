"""Loading the plugins of one distribution: stevedore finds, pluggy registers and validates.

This runs only where plugin code may run: in the index's short-lived children, in workers and in
tests; never in the host.
"""

from __future__ import annotations

import difflib
import inspect
import sys
import traceback
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import pluggy
from stevedore.named import NamedExtensionManager

from inkstand_sdk import hookspecs, provided
from inkstand_sdk.errors import PluginBroken, PluginError

GROUP = "inkstand.plugins"
MESSAGE_LENGTH = 500
TRACEBACK_LENGTH = 20_000
"""At most so many characters of an error's message and traceback are kept."""


class LoadedPlugins:
    """The plugins of one distribution, imported, registered and validated."""

    def __init__(
        self,
        distribution: str,
        version: str,
        manager: pluggy.PluginManager,
        plugins: dict[str, Any],
    ) -> None:
        self.distribution = distribution
        self.version = version
        self.manager = manager
        self._plugins = plugins

    def providers(self, kind: str) -> dict[str, type[Any]]:
        """The classes of one kind by their `name`, sound as `provided.check_classes` says.

        Raises:
            PluginBroken: a hook raised, or gave something else.

        """
        return {name: cls for name, (cls, _) in self.provided(kind).items()}

    def provided(self, kind: str) -> dict[str, tuple[type[Any], str]]:
        """Like `providers`, each class with the entry point that it comes from."""
        found: dict[str, tuple[type[Any], str]] = {}
        for entry_point in self._plugins:
            for cls in self._classes(kind, entry_point):
                if cls.name in found:
                    other = found[cls.name][0]
                    raise broken(
                        self.distribution,
                        entry_point,
                        f"{other.__module__}.{other.__qualname__} and"
                        f" {cls.__module__}.{cls.__qualname__} are both called {cls.name!r}",
                    )
                found[cls.name] = (cls, entry_point)
        return found

    def takers(self) -> tuple[str, ...]:
        """The hooks of `hookspecs.TAKERS` that are implemented here."""
        return tuple(
            hook for hook in hookspecs.TAKERS if getattr(self.manager.hook, hook).get_hookimpls()
        )

    def _classes(self, kind: str, entry_point: str) -> list[type[Any]]:
        hook = hookspecs.PROVIDERS[kind]
        others = [plugin for name, plugin in self._plugins.items() if name != entry_point]
        classes: list[type[Any]] = []
        try:
            for given in self.manager.subset_hook_caller(hook, others)():
                classes += provided.check_classes(kind, given)
        except PluginError as error:
            raise broken(self.distribution, entry_point, error.what, error) from error
        except (Exception, SystemExit) as error:
            cause = f"{hook} raised {one_line(error)}"
            raise broken(self.distribution, entry_point, cause, error) from error
        return classes


class _DistributionExtensions(NamedExtensionManager[Any]):
    """stevedore's loading by name, kept to the entry points of one distribution.

    Of several distributions that use one entry point name stevedore would load the last; its
    cache of the whole environment is not used either, which one broken distribution can poison.
    """

    def __init__(self, entry_points: list[metadata.EntryPoint], names: Sequence[str]) -> None:
        self._entry_points = entry_points
        super().__init__(
            GROUP,
            names,
            name_order=True,
            on_load_failure_callback=self._raise,
            on_missing_entrypoints_callback=None,
        )

    def list_entry_points(self) -> list[metadata.EntryPoint]:
        return self._entry_points

    @staticmethod
    def _raise(_manager: object, _entry_point: object, error: BaseException) -> None:
        raise error


def load_distribution(
    distribution: str, entry_points: Sequence[str] | None = None
) -> LoadedPlugins:
    """Import, register and validate the plugins of one distribution.

    Args:
        distribution: Its name, as installed in the environment of this interpreter.
        entry_points: The names to load; all in the group `inkstand.plugins` by default.

    Raises:
        PluginBroken: it is not there, does not import, or breaks the hooks' contract. The
            `cause` is one line, `detail` the traceback.

    """
    try:
        installed = metadata.distribution(distribution)
        offered = [point for point in installed.entry_points if point.group == GROUP]
        version = str(installed.version or "")
    except metadata.PackageNotFoundError as error:
        raise broken(
            distribution, None, f"it is not installed in the environment of {sys.executable}", error
        ) from error
    except Exception as error:
        raise broken(
            distribution, None, f"its metadata cannot be read: {one_line(error)}", error
        ) from error
    names = [point.name for point in offered] if entry_points is None else list(entry_points)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    plugins: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        if name not in {point.name for point in offered}:
            raise broken(distribution, name, f"it has no entry point {name!r} in group {GROUP}")
        plugin = _import_plugin(distribution, offered, name)
        if plugin not in plugins.values():  # two entry points may name one module
            _register(manager, distribution, name, plugin)
            plugins[name] = plugin
    return LoadedPlugins(distribution, version, manager, plugins)


def one_line(error: BaseException) -> str:
    """An exception as its type and message, on one line of bounded length."""
    try:
        message = " ".join(_encodable(str(error)).split())[:MESSAGE_LENGTH]
    except Exception as unshown:  # noqa: BLE001 - a plugin's __str__ may raise anything
        message = f"(its message cannot be shown: {type(unshown).__name__})"
    if isinstance(error, SystemExit):
        message = f"it called sys.exit({'' if error.code is None else repr(error.code)})"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _import_plugin(distribution: str, offered: list[metadata.EntryPoint], name: str) -> Any:
    try:
        return _DistributionExtensions(offered, [name])[name].plugin
    # SystemExit and the like must not take the process along with the plugin.
    except BaseException as error:
        own = {point.module.partition(".")[0] for point in offered}
        raise broken(distribution, name, one_line(error), error, _import_fix(error, own)) from error


def _import_fix(error: BaseException, own: set[str]) -> str:
    """What helps where a module is missing; `own` are the plugin's, which it alone can bring."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        if package in own:
            return ""
        return f"Install what it needs: {sys.executable} -m pip install {package}"
    return ""


def _register(
    manager: pluggy.PluginManager, distribution: str, entry_point: str, plugin: object
) -> None:
    try:
        implemented = _implemented_hooks(manager, plugin)
        problem = _contract_problem(manager, implemented)
        if problem:
            raise broken(distribution, entry_point, problem)
        manager.register(plugin, entry_point)
        manager.check_pending()
    except PluginBroken:
        raise
    except Exception as error:
        raise broken(distribution, entry_point, one_line(error), error) from error


def _implemented_hooks(
    manager: pluggy.PluginManager, plugin: object
) -> list[tuple[str, Any, bool]]:
    """(hook name, function, whether it is optional) of each function marked `@hookimpl`."""
    found = []
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is not None:
            hook = options.get("specname") or attribute
            found.append((hook, getattr(plugin, attribute), bool(options.get("optionalhook"))))
    return found


def _contract_problem(
    manager: pluggy.PluginManager, implemented: list[tuple[str, Any, bool]]
) -> str:
    """What is wrong with a plugin's hooks, in friendlier words than pluggy's; "" if nothing."""
    known = [*hookspecs.PROVIDERS.values(), *hookspecs.TAKERS]
    if not implemented:
        return "it has no function marked @hookimpl"
    for hook, function, optional in implemented:
        if hook not in known:
            if optional:
                continue
            near = difflib.get_close_matches(hook, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
            return f"unknown hook {hook}{hint}"
        spec = getattr(manager.hook, hook).spec
        wrong = [name for name in _arguments(function) if name not in spec.argnames]
        if wrong:
            offers = ", ".join(f"`{name}`" for name in spec.argnames) or "no argument"
            taken = ", ".join(f"`{name}`" for name in wrong)
            return f"wrong argument in {hook}: it takes {taken}, but the hook offers {offers}"
    return ""


def _arguments(function: Any) -> list[str]:
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


def broken(
    distribution: str,
    entry_point: str | None,
    cause: str,
    error: BaseException | None = None,
    fix: str = "",
) -> PluginBroken:
    """The error for a distribution, or one entry point of it, that cannot be used."""
    plugin = f"The plugin {entry_point!r} of {distribution}" if entry_point else distribution
    return PluginBroken(
        f"{plugin} cannot be loaded.",
        cause,
        fix
        or f"Upgrade it: {sys.executable} -m pip install --upgrade {distribution}"
        f" (or do without it: inkstand plugins disable {distribution})",
        detail=_plugin_traceback(error) if error else "",
        distribution=distribution,
        entry_point=entry_point or "",
    )


def _plugin_traceback(error: BaseException) -> str:
    """The traceback without the frames of the loading machinery, which say nothing to an author."""
    told = traceback.TracebackException.from_exception(error)
    kept = [frame for frame in told.stack if not _is_machinery(frame.filename)]
    told.stack = traceback.StackSummary.from_list(kept or list(told.stack))
    return _encodable("".join(told.format()).rstrip()[-TRACEBACK_LENGTH:])


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no JSON can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_machinery(filename: str) -> bool:
    name = filename.replace("\\", "/")
    return (
        name.startswith("<frozen importlib")
        or name == __file__.replace("\\", "/")
        or "/stevedore/" in name
        or "/pluggy/" in name
        or "/importlib/" in name
    )
