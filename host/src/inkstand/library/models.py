"""Which models are here, and what a name such as `llamacpp:pocket` or `./file.gguf` means.

Models come from source plugins (their lists are cached in the plugin index), from the data
folder's `models/`, from the folders named in the settings, and from any path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import msgspec

from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.errors import ModelFileError, NotFound, UsageError
from inkstand_sdk.model_folder import is_model_folder, read_model_folder

_SUFFIXES = {".gguf": "gguf"}


class ListedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model with the backends that could load it, best first; `problem` says why it cannot be
    used.
    """

    model: Model
    backends: tuple[str, ...] = ()
    problem: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """A model and the backend that is to load it."""

    backend: str
    model: Model


class BackendFormats(msgspec.Struct, frozen=True):
    """What the library needs to know of a backend: its name and what it can do."""

    name: str
    capabilities: BackendCapabilities


class Library:
    """The models of this machine.

    Args:
        sources: Models that source plugins list.
        folders: Folders to look for model files and model folders in; missing ones are skipped.
        backends: The usable backends.
        prefer: Names of backends in the order they are tried.

    """

    def __init__(
        self,
        sources: Sequence[Model],
        folders: Sequence[Path],
        backends: Sequence[BackendFormats],
        prefer: Sequence[str] = (),
    ) -> None:
        self._sources = tuple(sources)
        self._folders = tuple(folders)
        order = {name: place for place, name in enumerate(prefer)}
        self._backends = sorted(
            backends, key=lambda backend: (order.get(backend.name, len(order)), backend.name)
        )

    def models(self) -> list[ListedModel]:
        """Every model found, by id; damaged files are listed with what is wrong."""
        listed = [self._listed(model) for model in self._sources]
        listed += [self._listed_file(path) for path in self._files()]
        return sorted(listed, key=lambda entry: entry.model.id)

    def resolve(self, name: str, default: str = "") -> Candidate:
        """The model called `name`, or the default one if `name` is empty.

        Raises:
            NotFound: no such model, or no backend that reads it.
            ModelFileError: the file is damaged or no model.
            UsageError: the name fits several models.

        """
        name = name or default
        if not name:
            return self._first()
        backend, bare = self._split(name)
        if _looks_like_path(bare) and not (self._reads_any_name(backend) and not _is_there(bare)):
            return self._candidate(self._from_path(_path(bare)), backend)
        matches = [entry for entry in self.models() if entry.model.id == bare]
        if self._reads_any_name(backend) and not any(backend in each.backends for each in matches):
            return Candidate(backend, Model(id=bare, format="remote"))
        if not matches:
            raise self._unknown(bare)
        if len(matches) > 1:
            raise UsageError(
                f"Two models are called {bare}.",
                "They lie at " + " and ".join(entry.model.path for entry in matches) + ".",
                "Name the one you mean by its path.",
            )
        if matches[0].problem:
            raise ModelFileError(matches[0].problem, "", "Use another model, or get it again.")
        return self._candidate(matches[0].model, backend)

    def _first(self) -> Candidate:
        usable = [entry for entry in self.models() if entry.backends and not entry.problem]
        if not usable:
            raise NotFound(
                "There is no model to write with.",
                "No installed plugin brings one, and no model folder holds one."
                if not self._sources
                else "No installed backend can load the models that are here.",
                "Install one: pip install inkstand-llamacpp inkstand-pocket; or give a GGUF file"
                " with --model ./file.gguf",
            )
        # The largest local model is the likeliest to be the one that the writer chose.
        best = max(usable, key=lambda entry: entry.model.size)
        return Candidate(best.backends[0], best.model)

    def _split(self, name: str) -> tuple[str, str]:
        head, colon, tail = name.partition(":")
        if colon and tail and any(backend.name == head for backend in self._backends):
            return head, tail
        return "", name

    def _candidate(self, model: Model, backend: str) -> Candidate:
        able = self._able(model)
        if not backend and able:
            return Candidate(able[0], model)
        if backend and (backend in able or self._reads_any_name(backend)):
            return Candidate(backend, model)
        if backend:
            raise NotFound(
                f"The backend {backend} does not read {model.format} models.",
                f"{model.id} is one." + (f" These read it: {', '.join(able)}." if able else ""),
                "Leave the backend out of the name, or see: inkstand backends list",
            )
        raise NotFound(
            f"No usable backend reads {model.format} models.",
            f"{model.id} is one, and no installed and working plugin can load it.",
            "See: inkstand backends list; for GGUF: pip install inkstand-llamacpp",
        )

    def _able(self, model: Model) -> tuple[str, ...]:
        return tuple(
            backend.name
            for backend in self._backends
            if model.format in backend.capabilities.formats or not backend.capabilities.formats
        )

    def _reads_any_name(self, name: str) -> bool:
        return any(
            backend.name == name
            and (not backend.capabilities.formats or "remote" in backend.capabilities.formats)
            for backend in self._backends
        )

    def _listed(self, model: Model) -> ListedModel:
        if model.path and not Path(model.path).exists():
            return ListedModel(model=model, problem=f"The file {model.path} is gone.")
        return ListedModel(model=model, backends=self._able(model))

    def _listed_file(self, path: Path) -> ListedModel:
        try:
            model = self._from_path(path)
        except ModelFileError as error:
            kind = _SUFFIXES.get(path.suffix.lower(), "safetensors")
            broken = Model(id=_id(path), format=kind, path=str(path))
            return ListedModel(model=broken, problem=error.what)
        return ListedModel(model=model, backends=self._able(model))

    def _files(self) -> Iterator[Path]:
        seen: set[Path] = set()
        for folder in self._folders:
            for path in sorted(_walk(folder)):
                if (real := path.resolve()) not in seen:
                    seen.add(real)
                    yield path

    @staticmethod
    def _from_path(path: Path) -> Model:
        """A model from a file or folder, its headers read and bounded before any engine."""
        path = path.absolute()
        if _is_there(str(path)) and path.is_dir():
            return _described_folder(path, _folder_version(path))
        return _described(path, _version(path))

    def _unknown(self, name: str) -> NotFound:
        names = [entry.model.id for entry in self.models()]
        near = get_close_matches(name, names, n=1)
        return NotFound(
            f"There is no model called {name}.",
            f"Did you mean {near[0]}?" if near else f"Here are: {', '.join(names) or 'none'}.",
            "See: inkstand models list; a file is named by its path, as in ./file.gguf",
        )


# Reading a header takes milliseconds, more the larger the vocabulary, and every request names its
# model: without this each of them would wait for it. A file that cannot be read is not kept.
@lru_cache(maxsize=256)
def _described(path: Path, _version: tuple[int, ...]) -> Model:
    """The model that the header of this version of a file describes."""
    from inkstand_sdk.gguf import read_header

    header = read_header(path)
    return Model(
        id=path.stem,
        format="gguf",
        path=str(path),
        title=header.name,
        size=header.size,
        context_length=header.context_length,
        architecture=header.architecture,
        source="file",
    )


@lru_cache(maxsize=256)
def _described_folder(path: Path, _version: tuple[tuple[int, ...], ...]) -> Model:
    """The model that the config and the headers in this version of a folder describe."""
    folder = read_model_folder(path)
    return Model(
        id=_id(path),
        format=folder.format,
        path=str(path),
        size=folder.size,
        context_length=folder.context_length,
        architecture=folder.architecture,
        source="folder",
    )


def _id(path: Path) -> str:
    """The name of a model at `path`; a folder's name may have dots in it."""
    return path.name if path.is_dir() else path.stem


def _folder_version(folder: Path) -> tuple[tuple[int, ...], ...]:
    """Changes with what lies in the folder and what the model is read from."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return ()
    read = [file for file in files if file.suffix in (".json", ".safetensors", ".onnx")]
    return tuple(_version(path) for path in (folder, *read))


def _version(path: Path) -> tuple[int, ...]:
    """Changes with the file; empty if there is none that can be read, which its reader tells."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return ()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _looks_like_path(name: str) -> bool:
    return (
        "/" in name
        or "\\" in name
        or name.startswith(("~", "."))
        or Path(name).suffix.lower() in _SUFFIXES
    )


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # there is no such user
        return Path(name)


def _is_there(name: str) -> bool:
    try:
        return _path(name).exists()
    except (OSError, ValueError):
        return False


def _walk(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        is_folder = path.is_dir()
        if (is_folder and is_model_folder(path)) or (
            not is_folder and path.suffix.lower() in _SUFFIXES and path.is_file()
        ):
            yield path
