# Every target works on a fresh clone: it makes .venv itself. Needs Python >= 3.11 and make.

PYTHON ?= python3
empty :=
space := $(empty) $(empty)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m uv pip install --quiet --python $(BIN)/python --constraint constraints.txt

DISTS := sdk host plugins/llamacpp plugins/pocket plugins/prose plugins/writing
PROJECTS := $(addsuffix /pyproject.toml,$(DISTS))
# import-linter looks at every plugin, also at those that are not installed here.
PLUGIN_SOURCES := $(subst $(space),:,$(wildcard plugins/*/src))
SOURCES := sdk host plugins tests docs
# The import contracts are about all packages, and the engines' plugins are not installed here.
EMPTY :=
PACKAGES := $(subst $(EMPTY) $(EMPTY),:,$(wildcard plugins/*/src))

# The training script needs torch: an environment of its own. A trial run keeps its own checkpoint.
POCKET := .venvs/pocket-training
MINUTES := 80
OUT := build/pocket$(if $(SMOKE),-smoke)
POCKET_PLAN = $(if $(SMOKE),--smoke,--novels "$(NOVELS)" --minutes $(MINUTES))

NEW_ENOUGH = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
  { echo "Inkstand needs Python 3.11 or newer, and $(PYTHON) is older. Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help demo test test-plugins lint format bench eval docs pocket clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# uv comes from the registry through pip, so that nothing needs to be there but Python.
$(VENV)/.uv:
	@$(NEW_ENOUGH)
	@echo "Setting up $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

$(VENV)/.installed: $(VENV)/.uv $(PROJECTS) constraints.txt
	@$(PIP) $(addprefix --editable ./,$(DISTS))
	@touch $@

$(VENV)/.tools: $(VENV)/.installed tests/requirements.txt
	@$(PIP) --requirement tests/requirements.txt
	@touch $@

demo: $(VENV)/.installed ## Show what Inkstand does, on the sample story
	@$(BIN)/inkstand demo

test: $(VENV)/.tools ## Run the tests
	$(BIN)/python -m pytest --numprocesses logical --dist loadfile

test-plugins: $(VENV)/.uv ## Test each plugin, and LangChain's suites, in environments of their own
	@$(BIN)/python tests/each_plugin.py
	@$(BIN)/python tests/langchain_suites.py

lint: $(VENV)/.tools ## Check format, style, types, imports and file lengths
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	PYTHONPATH=$(PLUGIN_SOURCES) $(BIN)/lint-imports
	$(BIN)/python tests/file_lengths.py

format: $(VENV)/.tools ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.tools ## Measure speed, and write docs/explanation/performance.md
	$(BIN)/python tests/bench/run.py

eval: $(VENV)/.tools ## Measure accuracy on annotated novels, if they are there
	$(BIN)/python tests/eval/run.py

docs: $(VENV)/.tools ## Build the documentation into site/
	$(BIN)/python docs/generate_reference.py
	$(BIN)/mkdocs build --quiet --strict

pocket: $(POCKET)/.installed ## Train the pocket model: make pocket NOVELS=FOLDER [OUT=FOLDER] [MINUTES=80], or SMOKE=1
	$(POCKET)/bin/python plugins/pocket/training/train.py --out "$(OUT)" $(POCKET_PLAN)

# Said before torch is fetched, not after.
ifneq ($(filter pocket,$(MAKECMDGOALS)),)
  ifeq ($(NOVELS)$(SMOKE),)
    $(error Name a folder of novels in plain text: make pocket NOVELS=FOLDER. Or try the script out: make pocket SMOKE=1)
  endif
endif

# pip, not uv: it fetches the build of torch that it is configured for, and the rest must not replace it.
$(POCKET)/.installed: plugins/pocket/training/requirements.txt
	@$(NEW_ENOUGH)
	@echo "Setting up $(POCKET) ..." >&2
	@$(PYTHON) -m venv $(POCKET)
	@$(POCKET)/bin/python -m pip install --quiet --disable-pip-version-check "$$(grep '^torch==' $<)"
	@$(POCKET)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

clean: ## Remove what these targets made
	rm -rf $(VENV) .venvs site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
