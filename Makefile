# Everything runs on a machine with Python 3.11 or later, make and a package index:
#   make demo        sets up .venv and runs the main job on the emulated service
#   make test        sets up .venv and runs every check that is quick
#   make docs        builds the documentation site in build/site
#   make test-slow   runs what takes long: coverage of all tests, kill and signal suites, other environments
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := -m pytest -n auto --dist worksteal

# Each environment proves one more thing, and only `make test-slow` needs them.
BARE   := $(VENV)/without-stubs
AIO    := $(VENV)/aiobotocore
OLDEST := $(VENV)/oldest-boto3
DOCS   := $(VENV)/docs
SITE   := build/site

.PHONY: demo test test-slow docs docs-links release-check checks lint mypy pyright typing-tests unit typing-tests-without-stubs unit-all \
	unit-oldest-boto3 bench format clean
.DEFAULT_GOAL := test

demo: $(VENV)/ready
	$(BIN)/python examples/demo.py

test: $(VENV)/ready
	$(MAKE) --jobs=2 checks
	$(MAKE) unit

test-slow: $(VENV)/ready $(BARE)/ready $(AIO)/ready $(OLDEST)/ready
	$(MAKE) docs
	$(MAKE) typing-tests-without-stubs
	$(MAKE) unit-all
	$(MAKE) unit-oldest-boto3

checks: mypy pyright typing-tests lint

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/unasync.py --check
	$(BIN)/python scripts/check_prose.py
	$(BIN)/python scripts/project_urls.py --check
	$(BIN)/zizmor --offline --quiet --no-progress .github

mypy: $(VENV)/ready
	$(BIN)/mypy

pyright: $(VENV)/ready
	$(BIN)/pyright

# The types as users see them: here with boto3's stubs installed, in `make test-slow` with the package and nothing else.
typing-tests: $(VENV)/ready
	$(BIN)/python typing_tests/check.py --with-stubs $(BIN)/python

typing-tests-without-stubs: $(VENV)/ready $(BARE)/ready
	$(BIN)/python typing_tests/check.py --without-stubs $(BARE)/bin/python

unit: $(VENV)/ready
	$(BIN)/python $(PYTEST) -m "not slow"

# All tests with the newest boto3. Coverage is measured here, because it makes the tests half as slow again.
unit-all: $(VENV)/ready $(BARE)/ready $(AIO)/ready
	$(BIN)/python $(PYTEST) --cov

unit-oldest-boto3: $(OLDEST)/ready
	$(OLDEST)/bin/python $(PYTEST) -m "not slow"

# The documentation site. Warnings are errors, and tests check the names, the links and the files of the site.
docs: $(VENV)/ready $(DOCS)/ready
	rm -rf $(SITE)
	$(DOCS)/bin/python -m sphinx --builder html --fail-on-warning --keep-going --fresh-env --quiet docs $(SITE)
	$(BIN)/python -m pytest -q tests/test_site.py

# Requests every external link, so it needs the internet and is not a part of `make test-slow`.
docs-links: $(DOCS)/ready
	$(DOCS)/bin/python -m sphinx --builder linkcheck --quiet docs build/linkcheck

# Builds both distributions in dist/ and installs the wheel with each extra on each Python. Needs a package index.
release-check: $(VENV)/ready
	$(BIN)/python scripts/release_check.py $(if $(TAG),--tag $(TAG))

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/unasync.py
	$(BIN)/python scripts/project_urls.py

clean:
	rm -rf $(VENV) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist

# $(call install,ENVIRONMENT,REQUIREMENTS) uses uv, which takes seconds where pip takes a minute. pip reads settings that
# uv does not read (a company's index in pip.conf, for example), so pip installs what uv cannot.
install = $(BIN)/uv pip install --quiet --python $(1)/bin/python $(2) || \
	$(BIN)/python -m pip --python $(1)/bin/python install --quiet $(2)

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "rekog_versions needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1" uv
	$(call install,$(VENV),--editable ".[all]" --group dev --group durable)
	touch $@

$(BARE)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear --without-pip $(BARE)
	$(call install,$(BARE),--editable .)
	touch $@

# aiobotocore pins a botocore older than boto3's. The emulated server is what both can talk to.
$(AIO)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear --without-pip $(AIO)
	$(call install,$(AIO),"aiobotocore[boto3]" --editable ".[images]")
	touch $@

$(DOCS)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear --without-pip $(DOCS)
	$(call install,$(DOCS),--editable ".[all]" --group docs)
	touch $@

# The oldest boto3 and botocore that pyproject.toml allows: ">=1.40" there becomes "==1.40.*" here. The extra `durable` is
# left out, because its library needs a newer boto3.
OLD := .[cli,formats,images,plots,report,server,testing]
$(OLDEST)/ready: $(VENV)/ready
	$(BIN)/python -m venv --clear --without-pip $(OLDEST)
	$(call install,$(OLDEST),--editable "$(OLD)" --group dev $$(sed -En 's/^ *"((boto3|botocore)>=[0-9.]+)",/\1/p' pyproject.toml | sed 's/>=\(.*\)/==\1.0/'))
	touch $@
