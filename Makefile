# Two commands matter: `make lab` and `make test`. Both set up all that they need.

PYTHON ?= python3
VENV ?= .venv
PEERS ?= .venv-bench
FLOORS ?= .venv-floors
PORT ?= 8888
ARGS ?=

BIN := $(VENV)/bin
# npm and esbuild's scripts look for `node` on the PATH: the virtual environment brings its own.
WITH_NODE := PATH="$(abspath $(BIN)):$$PATH"
FRONTEND := vae_widgets/frontend
# The extension of JupyterLab carries the notebooks.
FRONTEND_SOURCES := $(wildcard $(FRONTEND)/*.* notebooks/*.ipynb notebooks/course/*.ipynb) \
  $(shell find $(FRONTEND)/src $(FRONTEND)/labextension -type f -not -path "*/node_modules/*")
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
UV_INSTALL := $(BIN)/python tests/support/install.py
SYSTEM_FOLDERS := tests/packaging tests/notebooks tests/browser
# One process for all files: to start one for each takes longer than their tests. A file keeps its hooks to
# itself by `describe`.
PAGE_TESTS := --test --experimental-test-isolation=none "tests/frontend/**/*.test.ts"
UNIT_TESTS := -m pytest tests $(SYSTEM_FOLDERS:%=--ignore=%) \
  --numprocesses=2 --dist=loadfile --no-loadscope-reorder
# Twice as many processes as processors: these tests wait for pages, kernels and downloads, and the four groups of
# tests/conftest.py begin at once.
SYSTEM_TESTS := -m pytest $(SYSTEM_FOLDERS) --numprocesses=4 --dist=loadfile --no-loadscope-reorder
NO_DISPLAY := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),,--no-browser)
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
JUPYTERLAB = $(BIN)/python -m jupyterlab --port=$(PORT) $(NO_DISPLAY) $(AS_ROOT) \
  --LabApp.default_url=/lab/tree/notebooks/00_tour.ipynb $(ARGS)

# Containers often set it. Each of dozens of processes would compile TensorFlow's modules again: 10 s.
unexport PYTHONDONTWRITEBYTECODE
# Tests run in as many processes as there are processors, and more. Threads of each would wait for one another at full
# load: ten seconds of small matrices in PyTorch take a minute, and TensorFlow's take a fifth more processor time.
python system notebooks browser packaging: export OMP_NUM_THREADS := 1
python system notebooks browser packaging: export TF_NUM_INTRAOP_THREADS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab dev test lint types unit python page system notebooks browser packaging frontend floors bench reproduce pretrained coverage screenshots site site-check clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/lab.stamp ## Open the tour in JupyterLab (PORT=8888, ARGS= for JupyterLab)
	$(JUPYTERLAB)

# The kernels of this JupyterLab watch the builds that watch.mjs makes.
dev: $(VENV)/test.stamp ## As `make lab`; what you save in the front end shows at once in open widgets
	@(cd $(FRONTEND) && $(WITH_NODE) exec node watch.mjs) & trap "kill $$! 2> /dev/null" EXIT INT TERM; \
	  PYTHONSTARTUP=$(abspath $(FRONTEND)/kernel_startup.py) $(JUPYTERLAB)

# Unit tests fill the processors, so system tests run after them: pages and kernels must answer in time.
test: $(VENV)/test.stamp ## Run everything that CI runs
	@$(MAKE) --no-print-directory --jobs=4 lint types page python
	@$(MAKE) --no-print-directory system

lint: $(VENV)/test.stamp ## Check formatting, lint and dead code
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	! $(BIN)/vulture | grep ^vae_widgets/

types: $(VENV)/test.stamp ## Check the types of Python and TypeScript
	$(BIN)/mypy & python=$$!; \
	  (cd $(FRONTEND) && $(WITH_NODE) npm run --silent check); page=$$?; wait $$python && exit $$page

unit: page python ## Run the unit tests of Python and TypeScript

page: $(VENV)/test.stamp
	$(WITH_NODE) node $(PAGE_TESTS)

python: $(VENV)/test.stamp
	$(BIN)/python $(UNIT_TESTS)

system: $(VENV)/test.stamp
	$(BIN)/python $(SYSTEM_TESTS)

notebooks: $(VENV)/test.stamp ## Execute a notebook without a page, and export it
	$(BIN)/python -m pytest tests/notebooks

browser: $(VENV)/test.stamp ## Drive the widgets in a real JupyterLab and Chromium
	$(BIN)/python -m pytest tests/browser --numprocesses=2 --dist=loadfile

packaging: $(VENV)/test.stamp ## Check the wheel, the import and the Binder environment
	$(BIN)/python -m pytest tests/packaging

frontend: $(VENV)/test.stamp ## Rebuild the front end after a change in it
	cd $(FRONTEND) && $(WITH_NODE) npm run --silent build

floors: $(FLOORS)/floors.stamp ## Run the unit tests with the lowest versions of pyproject.toml (not in CI)
	PATH="$(abspath $(FLOORS)/bin):$$PATH" node $(PAGE_TESTS)
	$(FLOORS)/bin/python $(UNIT_TESTS) $(ARGS)

bench: $(VENV)/test.stamp $(PEERS)/bench.stamp ## Measure side by side with other libraries (ARGS=--quick)
	$(BIN)/python -m tests.benchmarks --peers-python $(PEERS)/bin/python $(ARGS)

reproduce: $(VENV)/test.stamp ## Train for published results: hours (ARGS=NAME for one, --list)
	$(BIN)/python -m tests.benchmarks.reproduce $(ARGS)

pretrained: $(VENV)/test.stamp ## Train the models that come with the package (ARGS=NAME for one)
	$(BIN)/python -m tests.benchmarks.pretrained $(ARGS)

coverage: $(VENV)/test.stamp ## Simulate how often every interval holds the truth (15 minutes)
	$(BIN)/python -m tests.benchmarks.coverage $(ARGS)

screenshots: $(VENV)/test.stamp ## Photograph the tour and all domains for the README, in light and dark
	$(BIN)/python -m pytest tests/browser/make_screenshots.py tests/browser/make_contact_sheet.py

# Warnings are errors. Nothing is fetched while it builds.
site: $(VENV)/site.stamp ## Build the documentation with live widgets into build/site
	$(BIN)/python docs/live_notebooks.py
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going \
	  --doctree-dir build/doctrees docs build/site
	@echo "Open it by: $(BIN)/python -m http.server --directory build/site"

site-check: site ## Open every page of it in Chromium, follow all links, use each widget
	$(BIN)/python -m pytest tests/browser/check_site.py --numprocesses=2

clean: ## Remove the environment and everything that was built
	rm -rf $(VENV) $(PEERS) $(FLOORS) vae_widgets/static vae_widgets/labextension \
	  $(FRONTEND)/node_modules $(FRONTEND)/labextension/node_modules build dist \
	  docs/live docs/notebooks/*.ipynb docs/notebooks/course docs/reference/api/generated

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "vae_widgets needs Python 3.11, 3.12 or 3.13; $(PYTHON) is `$(PYTHON) --version 2>&1`." \
	    "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv"; \
	  exit 1; }
	@touch $@

# An editable install builds the front end, so it is repeated when that has changed, which is quick.
$(VENV)/lab.stamp: $(VENV)/python.stamp pyproject.toml $(FRONTEND_SOURCES)
	@echo "Installing vae_widgets into $(VENV) (a minute or two the first time)"
	@$(PIP_INSTALL) --editable .
	@touch $@

# uv, because pip takes a minute of processor time more; pip where uv fails.
$(VENV)/test.stamp: $(VENV)/python.stamp pyproject.toml $(FRONTEND_SOURCES)
	@echo "Installing vae_widgets and its tests into $(VENV) (a minute or two the first time)"
	@$(PIP_INSTALL) uv
	@$(UV_INSTALL) --quiet --reinstall-package vae_widgets --editable ".[test,data]" || \
	  $(PIP_INSTALL) --no-compile --editable ".[test,data]"
	@touch $@ $(VENV)/lab.stamp

$(VENV)/site.stamp: $(VENV)/test.stamp
	@echo "Installing what builds the documentation into $(VENV)"
	@$(UV_INSTALL) --quiet --requirements pyproject.toml --extra docs
	@touch $@

$(PEERS)/bench.stamp: tests/benchmarks/requirements.txt tests/benchmarks/package.json
	@echo "Installing what vae_widgets is measured against into $(PEERS) (a minute or more the first time)"
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --quiet --disable-pip-version-check -r $<
	@mkdir -p $(PEERS)/web && cp tests/benchmarks/package.json $(PEERS)/web
	@cd $(PEERS)/web && $(WITH_NODE) npm install --silent
	@touch $@

# uv, because pip cannot choose the lowest versions.
$(FLOORS)/floors.stamp: pyproject.toml $(FRONTEND_SOURCES)
	@echo "Installing vae_widgets with its lowest dependencies into $(FLOORS) (two minutes)"
	@python3.11 -m venv --clear $(FLOORS)
	@$(FLOORS)/bin/python -m pip install --quiet --quiet --disable-pip-version-check uv
	@$(FLOORS)/bin/python tests/support/install.py --quiet --resolution lowest-direct \
	  --editable ".[test,data]"
	@$(FLOORS)/bin/uv pip list --python $(FLOORS)
	@touch $@
