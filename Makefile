# Needs Python 3.11 or newer, and nothing else; everything is installed into .venv.
# Another interpreter: make run PYTHON=/path/to/python3.12

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input
HOST ?= 127.0.0.1
PORT ?= 8050
TOOLS := $(VENV)/tools
LOCK ?= requirements.lock
WITH_BROWSER = CHROMIUM="$$($(PY) tests/browser/find_browser.py)" && export CHROMIUM &&

NUMBERS = OMP_NUM_THREADS=1 PYTHONPATH=. $(PY)

export HOST PORT
unexport PYTHONDONTWRITEBYTECODE  # what is compiled once need not be compiled again by each server that a test starts
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-fast test-slow lint lint-browser format bench fuzz corpus load coverage docs lock audit offline-check clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | \
		while IFS='|' read -r target what; do printf '%-16s %s\n' "$$target" "$$what"; done

install: $(VENV)/.installed .bundle/.asked .handbook/index.html  ## set everything up: packages, the handbook, the smaller plotly.js where npm is

run: install  ## start the app; STUDY=path opens your own study; HOST, PORT, URL_PREFIX as in docs/settings.md
	@$(PY) app.py $${STUDY:+"$$STUDY"}

test: $(VENV)/.installed-dev .bundle/.asked .handbook/index.html  ## run the tests, every promise once, real Chromium included; ARGS="-k word" picks some
	@$(WITH_BROWSER) $(PY) -m pytest -m "not (slow or corpus or wide)" $(ARGS)

test-fast: $(VENV)/.installed-dev  ## run those of a minute: without browser, servers, whole studies, third-party data, many examples
	@$(PY) -m pytest -m "not (slow or browser or process or whole or corpus or wide)" $(ARGS)

test-slow: $(VENV)/.installed-dev  ## run what `test` leaves out: further examples, third-party data, floods, broken files (minutes)
	@$(MAKE) --no-print-directory load ARGS="--seconds 30"; load=$$?; \
	$(MAKE) --no-print-directory fuzz ARGS="--files 300 --seed 1"; fuzz=$$?; \
	$(WITH_BROWSER) $(PY) -m pytest -m "slow or corpus or wide" $(ARGS) && exit $$((load + fuzz))

lint: $(VENV)/.installed-dev  ## check style, format and types; of the browser's part too, and its pure parts, where npm is
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-browser; else \
		echo "There is no npm here: the browser's part was not checked (Debian: apt-get install nodejs npm)."; fi

lint-browser: node_modules/.installed
	@npm run --silent lint
	@npm run --silent test

node_modules/.installed: package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

format: $(VENV)/.installed-dev  ## rewrite the files as lint wants them
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

bench: $(VENV)/.installed-dev .bundle/.asked  ## measure the numbers, then the page as painted at 3 to 5,000 patients (minutes); ARGS="--patients 3"
	@for part in correlations derivations changes; do $(NUMBERS) benchmarks/$$part.py && echo || exit 1; done
	@$(WITH_BROWSER) PYTHONPATH=.:tests $(PY) benchmarks/page.py $(ARGS)
	@PYTHONPATH=.:tests $(PY) benchmarks/intake.py

fuzz: $(VENV)/.installed-dev  ## read 10,000 files broken at random (an hour); ARGS="--files 300 --seed 1"
	@$(PY) benchmarks/fuzz.py $(ARGS)

corpus: $(VENV)/.installed-dev  ## read every set of files beside the checkout: opened, asked or refused; ARGS="FOLDER"
	@$(PY) benchmarks/corpus.py $(ARGS)

load: $(VENV)/.installed-dev  ## let 50 readers and three uploads at two workers, kill one, reload (minutes); ARGS="--seconds 30 --servers 2", "--beside 9e2338f"
	@PYTHONPATH=.:tests $(PY) benchmarks/load.py $(ARGS)

coverage: $(VENV)/.installed-dev  ## simulate how often intervals hold and p misleads: docs/coverage.md (minutes)
	@$(NUMBERS) benchmarks/simulation.py $(ARGS)

docs: $(VENV)/.installed  ## build the handbook of docs/ into .handbook, which the page has under Help (3 s)
	@$(PY) -m handbook

lock: $(TOOLS)/.installed  ## write requirements.lock anew, with the versions it has where they still fit; ARGS=--upgrade takes later ones
	@$(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" requirements.txt --output-file requirements.lock $(ARGS)

audit: $(TOOLS)/.installed $(VENV)/.installed  ## look for known vulnerabilities and licences of what requirements.lock installs; needs pypi.org
	@$(PY) benchmarks/audit.py $(TOOLS)/bin/pip-audit

offline-check: $(VENV)/.installed  ## install from a folder alone, as without internet, and ask the server; ARGS=FOLDER keeps it
	@$(PY) benchmarks/offline.py $(ARGS)

clean:  ## remove .venv and every cache
	rm -rf $(VENV) .bundle .handbook .screenshots node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis benchmarks/.cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer (Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Reprise needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: requirements.txt requirements.lock | $(PY)
	@echo "Installing what Reprise needs into $(VENV) (about a minute, once)"
	@$(PIP) $(if $(filter %.lock,$(LOCK)),--require-hashes) -r $(LOCK) || { echo \
		"The files that $(LOCK) names could not be had here. From an index with other files: make install LOCK=requirements.txt"; exit 1; }
	@$(PY) -m publishing.figure_files.get_font
	@touch $@

.bundle/.asked: requirements.txt serving/bundle.py | $(VENV)/.installed
	@$(PY) -m serving.bundle
	@mkdir -p $(@D) && touch $@

# What it is made of: its pages, and all Python whose registries they list.
.handbook/index.html: $(shell find docs data analysis figures publishing components handbook -name '*.py' -o -name '*.md') CONTRIBUTING.md | $(VENV)/.installed
	@$(PY) -m handbook

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV) (about a minute, once)"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(TOOLS)/.installed: requirements-tools.txt | $(PY)
	@$(PY) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install -qq --disable-pip-version-check --no-input -r requirements-tools.txt
	@touch $@
