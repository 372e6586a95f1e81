# Two commands do everything on a machine with Python 3.11 or later, make and a package index:
#   make demo   sets up .venv and runs the main job on the emulated service
#   make test   sets up .venv and runs every check
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BARE   := $(VENV)/without-stubs
AIO    := $(VENV)/aiobotocore

.PHONY: demo test bench lint types typing-tests unit format clean
.DEFAULT_GOAL := test

demo: $(VENV)/ready
	$(BIN)/python examples/demo.py

test: lint types typing-tests unit

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/ready
	$(BIN)/mypy
	$(BIN)/pyright

# The types as users see them: once with boto3's stubs installed, once with the package and nothing else.
typing-tests: $(VENV)/ready $(BARE)/ready
	$(BIN)/python typing_tests/check.py --with-stubs $(BIN)/python --without-stubs $(BARE)/bin/python

unit: $(VENV)/ready $(BARE)/ready $(AIO)/ready
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "rekog_versions needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev
	touch $@

$(BARE)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear $(BARE)
	$(BARE)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BARE)/bin/python -m pip install --quiet --editable .
	touch $@

# aiobotocore pins a botocore older than boto3's; the server is what both can talk to.
$(AIO)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear $(AIO)
	$(AIO)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(AIO)/bin/python -m pip install --quiet aiobotocore
	touch $@
