.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
# The tools of this checkout come first. No tool sends usage data.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export CHECKPOINT_DISABLE := 1
export MLFLOW_DISABLE_TELEMETRY := true
# Without bytecode, each import of the bindings takes a minute.
unexport PYTHONDONTWRITEBYTECODE

PYTEST = -m pytest --numprocesses 3 --dist loadgroup --no-loadscope-reorder
TESTS ?=
DIST ?= build/dist
ENVIRONMENT = dev
# uv does not read pip's settings. Without a setting of its own, it gets the index of pip.
PIP_INDEX = $$($(BIN)/python -m pip config list | sed -n "s/^global\.index-url='\(.*\)'/\1/p")
UV = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$(PIP_INDEX)}}}" $(BIN)/uv

.PHONY: test-all test-environments help setup quickstart test coverage unit delivery wheels lint format synth policy policy-tools bench clean lock lock-providers docs instance-types

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/.installed node_modules/.installed ## Set up the Python environment and the cdktf command line

.venv/.installed: pyproject.toml src/terrarium_sandbox/pyproject.toml requirements/uv.txt requirements/development.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4) and "Terrarium needs Python 3.11.4 or newer; set PYTHON=/path/to/python3")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/uv.txt
	@$(UV) pip install --quiet --python $(BIN)/python --only-binary :all: --require-hashes -r requirements/development.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . --editable src/terrarium_sandbox
	@touch $@

node_modules/.installed: package.json package-lock.json
	@npm ci --silent
	@touch $@

quickstart: setup ## Start the sandbox, deploy dev to it (ENVIRONMENT=name: another one) and run an experiment
	@terrarium sandbox up
	@eval "$$(terrarium sandbox env $(ENVIRONMENT))" \
	&& terrarium bootstrap $(ENVIRONMENT) \
	&& cdktf deploy $(ENVIRONMENT) --auto-approve \
	&& terrarium images push $(ENVIRONMENT) \
	&& terrarium migrate $(ENVIRONMENT) \
	&& terrarium pipelines publish --all --environment $(ENVIRONMENT) \
	&& terrarium verify $(ENVIRONMENT) \
	&& terrarium describe $(ENVIRONMENT) \
	&& TERRARIUM_ENVIRONMENT=$(ENVIRONMENT) python -m examples.breast_cancer
	@echo
	@echo 'Next, in this shell:'
	@echo '  eval "$$($(BIN)/terrarium sandbox env $(ENVIRONMENT))"     credentials, endpoint and tools'
	@echo '  TERRARIUM_ENVIRONMENT=$(ENVIRONMENT) python -m examples.breast_cancer'
	@echo '                                              the experiment, whose code is in examples/'
	@echo '  terrarium pipelines start breast-cancer --wait --environment $(ENVIRONMENT)'
	@echo '                                              its training pipeline: each step a job, its model in the registry'
	@echo '  terrarium sandbox status                    what runs here'
	@echo '  cdktf diff $(ENVIRONMENT)                              after a change in environments/$(ENVIRONMENT).toml'
	@echo '  terrarium sandbox down                      stop; `up` finds everything again'

test: setup ## Run the tests: unit, stacks, sandbox with dev deployed
	$(BIN)/python $(PYTEST) -m 'not slow' $(TESTS)

test-environments: setup ## Check the files in environments/, and what depends on them; `make test` does, too
	$(BIN)/python -m pytest -q tests/own_environments

test-all: setup ## Run every test: also all four environments, the stock bindings, and every policy tool
	$(BIN)/python $(PYTEST) $(TESTS)

coverage: setup ## Run the tests and measure what they cover, in subprocesses too; TESTS=tests/unit runs only those
	@rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/coverage run $(PYTEST) -m 'not slow' $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage json --quiet
	@$(BIN)/python -m tests.coverage_table build/coverage/coverage.json

unit: setup ## Run the tests that need no sandbox
	$(BIN)/python -m pytest tests/unit tests/stacks -m 'not slow'

lint: setup ## ruff, mypy, import contracts, language of sources and documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.prose
	$(BIN)/codespell

format: setup ## Format the code, and apply ruff's fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

delivery: ## Install the SDK that `terrarium sdk build` built, without a package index and without scripts of packages
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --only-binary :all: --require-hashes --no-deps \
		$(addprefix --find-links ,$(wildcard build/sdk/*/*)) $(addprefix -r ,$(wildcard build/sdk/releases/*/requirements.txt))

wheels: setup ## Build the wheels into build/dist, for a package index
	@rm -rf $(DIST)
	@for project in $(dir $(wildcard pyproject.toml src/*/pyproject.toml)); do \
		(cd $$project && $(CURDIR)/$(BIN)/python -m hatchling build -t wheel -d $(abspath $(DIST))) || exit 1; \
	done

synth: setup ## Synthesize the stacks of every environment into cdktf.out
	cdktf synth

lock: setup ## Write the lock files: every dependency pinned, with hashes
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/uv.txt requirements/uv.in
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements/development.txt --extra features --extra models --extra plots --extra tuning --group infrastructure --group policy --group development --group src/terrarium_sandbox/pyproject.toml:runtime pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/sdk.txt --constraint requirements/development.txt --extra features --extra models --extra notebook --extra plots --extra tuning pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/sandbox.txt --constraint requirements/development.txt --extra features --extra models --extra notebook --extra plots --extra tuning --group src/terrarium_sandbox/pyproject.toml:runtime pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/policy.txt requirements/policy.in
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/feast.txt requirements/feast.in
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements/athena-clients.txt requirements/athena-clients.in

lock-providers: setup ## Write the lock files of Terraform's providers; MIRROR="--fs-mirror FOLDER" reads a mirror
	python -m operations.provider_lock $(MIRROR) $(PLATFORMS)

policy: setup policy-tools ## Check the stacks of every environment against all policies
	terrarium policy --reports build/policy

policy-tools: .venv-policy/.installed ## Set up checkov and cloudsplaining in an environment of their own

.venv-policy/.installed: requirements/policy.txt
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python .venv-policy
	@$(UV) pip sync --quiet --python .venv-policy/bin/python --compile-bytecode --only-binary :all: --require-hashes requirements/policy.txt
	@touch $@

bench: setup policy-tools ## Compare the speed of Terrarium with that of stock tools
	$(BIN)/python -m benchmarks

clean: ## Remove all environments, caches and build results (keeps the sandbox's state)
	@PYTHONPATH=src $(PYTHON) -m cdktf_lean clear
	rm -rf .venv .venv-policy .venv-feast .venv-athena-clients node_modules cdktf.out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

instance-types: setup ## Write the table of EC2's instance types in the SDK, from the locked botocore and moto
	$(BIN)/python -m tests.instance_type_table

docs: setup ## Write the generated pages of the documentation, from the environments of the tests
	TERRARIUM_ENVIRONMENTS=tests/environments $(BIN)/python -m operations.reference
