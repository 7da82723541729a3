"""The output cache behind LangChain's interface, held to LangChain's own suites.

An adapter of a few lines, which uses nothing but the cache's public methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip(
    "langchain_tests",
    reason="it has an environment of its own: python tests/langchain_suites.py",
)
from langchain_core.caches import RETURN_VAL_TYPE, BaseCache
from langchain_core.outputs import Generation
from langchain_tests.integration_tests.cache import AsyncCacheTestSuite, SyncCacheTestSuite

from inkstand.generation.cache import OutputCache
from inkstand.generation.target import Target
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.messages import GenerateRequest, GenerateResult

MINUTE = 60.0  # a lookup on a busy machine is to be slow, not a miss


class LangChainCache(BaseCache):  # type: ignore[misc]
    """LangChain's cache, kept in ours: an `llm_string` is a model, generations are JSON."""

    def __init__(self, cache: OutputCache) -> None:
        self._cache = cache

    def lookup(self, prompt: str, llm_string: str) -> RETURN_VAL_TYPE | None:
        found = self._cache.get(self._key(prompt, llm_string))
        return None if found is None else [Generation(**each) for each in found.value]

    def update(self, prompt: str, llm_string: str, return_val: RETURN_VAL_TYPE) -> None:
        self._cache.put(
            self._key(prompt, llm_string),
            GenerateResult(
                text="".join(each.text for each in return_val),
                finish="stop",
                model=llm_string,
                backend="langchain",
                value=[each.model_dump() for each in return_val],
            ),
        )

    def clear(self, **_: Any) -> None:
        self._cache.clear()

    def _key(self, prompt: str, llm_string: str) -> str:
        spec = WorkerSpec(
            key=llm_string, kind="backend", distribution="langchain", interpreter="", title=""
        )
        target = Target(spec, llm_string, "langchain", BackendCapabilities())
        key = self._cache.key(GenerateRequest.of(prompt, cache="on"), target)
        assert key is not None
        return key


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[LangChainCache]:
    """An empty cache."""
    cache = OutputCache(tmp_path / "outputs", 10**7, patience=MINUTE)
    yield LangChainCache(cache)
    cache.close()


class TestSync(SyncCacheTestSuite):  # type: ignore[misc]
    @pytest.fixture
    def cache(self, kept: LangChainCache) -> LangChainCache:
        return kept


class TestAsync(AsyncCacheTestSuite):  # type: ignore[misc]
    @pytest.fixture
    async def cache(self, kept: LangChainCache) -> LangChainCache:
        return kept
