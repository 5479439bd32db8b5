# make help says what there is.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ADDRESS ?= 127.0.0.1:8000
ARGS ?= help
TESTS ?=
COVERAGE := --cov --cov-report=term:skip-covered
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help run demo test mutants bench check manage setup setup-dev format

help: ## Say what there is
	@echo "make run            serve the site on http://$(ADDRESS)/ with a database of its own and demonstration data"
	@echo "make test           run all tests (TESTS=tests/recruitment runs some)"
	@echo "make mutants        small faults in the rules: which ones does no test notice?"
	@echo "make bench          what each page costs with 1, 10 and 100 times the rows"
	@echo "make check          lint, formatting, types, imports, migrations, templates, deployment"
	@echo "make demo           load the demonstration afresh"
	@echo "make manage ARGS=…  run a management command, such as ARGS=\"report position --on 2022-04-26 --format json\""
	@echo "make format         format the code"

run: setup ## Serve the site
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo --if-empty
	@$(PY) manage.py demo --sign-ins
	@exec $(PY) manage.py serve $(ADDRESS)

demo: setup ## Load the demonstration afresh
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo --reset

manage: ## Run a management command; nothing but its own output on standard output
	@$(MAKE) --no-print-directory setup >&2
	@$(PY) manage.py migrate --verbosity 0 >&2
	@exec $(PY) manage.py $(ARGS)

test: setup-dev ## Run all tests; in CI with coverage and the long random runs
	@$(PY) -m pytest $(if $(CI),$(COVERAGE)) $(TESTS)

mutants: setup-dev ## Make small faults in the rules and permissions, one at a time, and say which ones no test notices
	@rm -rf mutants && $(VENV)/bin/mutmut run && $(VENV)/bin/mutmut results

bench: setup ## What each page costs with 1, 10 and 100 times the rows; some minutes
	@$(PY) -m tools.bench $(if $(filter-out help,$(ARGS)),$(ARGS))

check: setup-dev ## Everything that needs no test run
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/djlint --lint --quiet templates govuk/templates
	@$(PY) manage.py makemigrations --check --dry-run --verbosity 0
	@$(PY) manage.py lintmigrations --settings config.settings.check --quiet ok ignore > /dev/null || $(PY) manage.py lintmigrations --settings config.settings.check
	@$(PY) tools/state_diagram.py --check
	@$(PY) tools/check_templates.py
	@$(PY) tools/check_addresses.py
	@$(PY) tools/refusals.py --check
	@$(PY) tools/check_deploy.py
	@echo "All checks passed."

format: setup-dev ## Format the code
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.development

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version). Say which to use: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. Install it: apt-get install python3-venv" >&2; exit 1; }
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(PY) requirements.txt
	@echo "Installing packages …" >&2
	@$(PY) -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing packages for tests and checks …" >&2
	@$(PY) -m pip install --quiet --requirement requirements-dev.txt
	@touch $@
