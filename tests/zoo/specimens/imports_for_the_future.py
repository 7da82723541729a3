"""Would leave a trace if it were imported: the index must refuse it by its metadata alone."""

raise RuntimeError("a plugin for another SDK was imported")
