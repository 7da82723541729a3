# Every target works on a fresh clone: it makes .venv itself. Needs Python >= 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m uv pip install --quiet --python $(BIN)/python --constraint constraints.txt

DISTS := sdk host plugins/llamacpp plugins/pocket plugins/prose plugins/writing
PROJECTS := $(addsuffix /pyproject.toml,$(DISTS))
SOURCES := sdk host plugins tests docs

.DEFAULT_GOAL := help
.PHONY: help demo test test-plugins lint format bench eval docs pocket clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# uv comes from the registry through pip, so that nothing needs to be there but Python.
$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Inkstand needs Python 3.11 or newer, and $(PYTHON) is older. Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
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
	$(BIN)/python -m pytest

test-plugins: $(VENV)/.uv ## Test each plugin in an environment of its own
	@$(BIN)/python tests/each_plugin.py

lint: $(VENV)/.tools ## Check format, style, types, imports and file lengths
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
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

pocket: $(VENV)/.uv ## Train the pocket model: make pocket NOVELS=FOLDER [MINUTES=80]
	@$(BIN)/python plugins/pocket/training/make_pocket.py --novels "$(NOVELS)" --minutes "$(or $(MINUTES),80)"

clean: ## Remove what these targets made
	rm -rf $(VENV) .venvs site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
