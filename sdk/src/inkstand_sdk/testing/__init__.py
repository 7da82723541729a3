"""For plugin authors: conformance suites and in-process harnesses."""
