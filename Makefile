# Consilium. `make help` lists what can be done; it is made from the comments after ##.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
UV_VERSION := 0.13.9
TORCH_VERSION := 2.13.0
PROCESSES ?= 2
SOURCES := backend workers deploy benchmarks tests manage.py
say = @printf '\033[1m── %s\033[0m\n' "$(1)"

# ------------------------------------------------------------------------------------------------------------ use

.PHONY: up
up: setup model-worker frontend ## Start everything on this machine, with the demo; Ctrl-C ends it (PORT, HOST, DEMO=0, VERBOSE=1)
	@exec $(PY) -m deploy.local.up

.PHONY: stop
stop: setup ## End the platform that `make up` started in another terminal
	@exec $(PY) -m deploy.local.stop

.PHONY: setup
setup: $(VENV)/.base ## Make the Python environment from the lock file

.PHONY: model-worker
model-worker: $(VENV)/.torch ## What runs models: torch for this machine, and the sandbox for models of others
	@deploy/local/bubblewrap.sh

.PHONY: frontend
frontend: frontend/dist/index.html ## Build the frontend

# ---------------------------------------------------------------------------------------------------------- check

.PHONY: test
test: ## Run every test and check there is, but those of the targets below
	@$(MAKE) --no-print-directory --jobs 2 setup-dev frontend browser
	@$(MAKE) --no-print-directory test-python
	@$(MAKE) --no-print-directory --jobs 2 checks test-e2e
	$(call say,all tests and checks passed)

.PHONY: test-python
test-python: setup-dev ## Python tests without a running platform, in parallel
	$(call say,Python: units and parts together)
	@$(PY) -m pytest tests --ignore tests/e2e --ignore tests/faults -m 'not slow' -q \
	  -n $(PROCESSES) --dist worksteal

.PHONY: test-typescript
test-typescript: frontend ## TypeScript: types (by the build), linter, units
	$(call say,TypeScript)
	@cd frontend && npm run --silent lint && npm run --silent test

STUDIO := $(addprefix tests/e2e/test_,$(addsuffix .py,studio studio_faults offline workflow adjudication room renderers three_d \
  accessibility keyboard))
STUDIO_FULL := tests/e2e/test_studio_full.py

.PHONY: test-e2e
test-e2e: setup-dev frontend browser ## The main job and its faults through the really started platform and a real browser
	$(call say,end to end)
	@$(PY) -m pytest tests/e2e tests/faults $(STUDIO:%=--ignore %) --ignore $(STUDIO_FULL) \
	  -m 'not slow' -q --tb=short -n $(PROCESSES) --dist loadfile

.PHONY: test-long
test-long: setup-dev frontend browser ## What takes too long for every change: trainings, models in the browser, real cases, memory
	$(call say,long tests)
	@$(PY) -m pytest tests -m slow -q --tb=short

.PHONY: test-studio
test-studio: setup-dev frontend browser ## Annotating in a real browser: tools, faults, adjudication, rooms, both renderers, accessibility
	$(call say,studio)
	@$(PY) -m pytest $(STUDIO) -q --tb=short -n $(PROCESSES) --dist loadfile

.PHONY: test-studio-full
test-studio-full: setup-dev frontend browser ## Every tool once on a case of 240×240×155 (minutes)
	$(call say,studio on a full-size case)
	@$(PY) -m pytest $(STUDIO_FULL) -q --tb=short

.PHONY: checks
checks: lint ## What is checked beside the end-to-end tests, which often wait
	@$(MAKE) --no-print-directory test-typescript

.PHONY: lint
lint: setup-dev frontend/node_modules/.installed ## Linters, types, import contracts, drift of the generated client
	$(call say,linters and contracts)
	@$(VENV)/bin/ruff check $(SOURCES)
	@$(VENV)/bin/ruff format --check --quiet $(SOURCES) || { echo "run: make format"; exit 1; }
	@$(VENV)/bin/lint-imports --cache-dir var/cache/imports
	@$(VENV)/bin/mypy
	@cd frontend && npm run --silent api -- --check

.PHONY: format
format: setup-dev ## Format Python, and mend what the linter can mend
	@$(VENV)/bin/ruff check --fix --quiet $(SOURCES) || true
	@$(VENV)/bin/ruff format $(SOURCES)

# ----------------------------------------------------------------------------------------------------------- make

.PHONY: lock
lock: $(VENV)/bin/uv ## Resolve requirements/*.in again into hashed lock files (UPGRADE=1 takes newer versions)
	@for name in base dev; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
	    requirements/$$name.in -o requirements/$$name.txt; \
	done
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
	  --overrides requirements/bench-overrides.txt --no-emit-package torch \
	  requirements/bench.in -o requirements/bench.txt

.PHONY: migrations
migrations: setup ## Write the migrations that the models ask for
	@$(PY) manage.py makemigrations

.PHONY: schema
schema: setup frontend/node_modules/.installed ## Write the OpenAPI schema and the TypeScript client's types again
	@mkdir -p schema
	@$(PY) manage.py spectacular --format openapi-json --file schema/openapi.json --validate --fail-on-warn
	@cd frontend && npm run --silent api

.PHONY: shots
shots: setup-dev frontend browser ## Pictures of every page of the demo, into var/shots (SHOTS_ADDRESS: of a running one)
	@$(PY) -m pytest tests/e2e/shots.py -q

.PHONY: clean
clean: ## Remove what was built (environment, frontend, caches); data in var/ stay
	@rm -rf $(VENV) $(BENCH) build frontend/node_modules frontend/dist var/cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: wipe
wipe: setup ## Remove all data of this checkout: database, files, demo (asks first; YES=1 does not)
	@$(PY) -m deploy.local.wipe

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -------------------------------------------------------------------------------------------------------- measure

BENCH := .venv-bench
BENCH_PY := $(BENCH)/bin/python
bench = NUMBA_CACHE_DIR=$(CURDIR)/var/cache/numba PYTHONWARNINGS=ignore $(BENCH_PY) -m benchmarks

.PHONY: bench
bench: setup-bench ## Time ours against the peers: targets, memory (ONLY=counts,hd95,… parts, QUICK=1 few repeats)
	@$(bench) $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

.PHONY: bench-growth
bench-growth: setup-bench ## How time and memory grow with grid, labels, islands and raters (QUICK=1, ONLY=…)
	@$(bench).growth $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

.PHONY: bench-stages
bench-stages: setup-dev ## Where the time of our own scoring goes, stage by stage
	@NUMBA_CACHE_DIR=$(CURDIR)/var/cache/numba OMP_NUM_THREADS=1 $(PY) -m benchmarks.stages

.PHONY: bench-inference
bench-inference: setup-bench ## MONAI's sliding window against ours, the zoo, reading beside computing (QUICK=1, ONLY=…)
	@$(bench).inference $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick) $(if $(SYSTEMS),--systems $(SYSTEMS))

.PHONY: bench-studio
bench-studio: setup-dev frontend browser ## Painting on a full-size case, beside NiiVue's pen, in a real browser
	@cd benchmarks/studio_page && npm ci --silent --no-audit --no-fund
	@$(PY) -m benchmarks.studio $(if $(QUICK),--quick)

.PHONY: bench-room
bench-room: setup-dev frontend browser ## From a stroke in one browser to another's screen, in one adjudication
	@$(PY) -m benchmarks.room $(if $(QUICK),--quick)

.PHONY: bench-phase
bench-phase: setup-dev ## A phase of 125 BraTS-size cases scored by the platform's own workers (QUICK=1: 10; LABEL=…)
	@NUMBA_CACHE_DIR=$(CURDIR)/var/cache/numba $(PY) -m benchmarks.phase $(if $(QUICK),--quick) --label "$(LABEL)"

.PHONY: train-zoo
train-zoo: setup-dev ## Train every network of the zoo on phantoms, for minutes each, into docs/models.md (ONLY=…, MINUTES=…)
	@$(PY) -m benchmarks.zoo $(if $(ONLY),--only $(ONLY)) $(if $(MINUTES),--minutes $(MINUTES))

.PHONY: demo-model
demo-model: setup-dev ## Train the model that the demo ships (MINUTES=… of the processor)
	@$(PY) -m benchmarks.demo_model $(if $(MINUTES),--minutes $(MINUTES))

# ---------------------------------------------------------------------------------- files that stand for a step done

$(VENV)/bin/uv:
	$(call say,Python environment)
	@deploy/local/python.sh $(PYTHON) $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.base: requirements/base.txt | $(VENV)/bin/uv
	$(call say,Python packages)
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/base.txt
	@$(PY) -c "import pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_paths()['purelib'], 'consilium.pth').write_text(str(pathlib.Path.cwd()))"
	@printf '#!%s\nfrom backend.cli import main; main()\n' $(CURDIR)/$(PY) > $(VENV)/bin/consilium
	@chmod +x $(VENV)/bin/consilium
	@touch $@

$(VENV)/.torch: deploy/local/torch.sh $(VENV)/.base
	$(call say,torch)
	@deploy/local/torch.sh $(VENV) $(TORCH_VERSION)
	@touch $@

.PHONY: setup-dev
setup-dev: $(VENV)/.dev $(VENV)/.torch
	@deploy/local/bubblewrap.sh
$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(call say,Python packages for tests)
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@touch $@

# An environment of its own, for the peers drag in much that neither the platform nor its tests may have.
.PHONY: setup-bench
setup-bench: $(BENCH)/.bench
$(BENCH)/.bench: requirements/bench.txt | $(VENV)/bin/uv
	$(call say,peers for benchmarks)
	@$(UV) venv --quiet --allow-existing --python $(PY) $(BENCH)
	@$(UV) pip install --quiet --no-deps --python $(BENCH_PY) --require-hashes -r requirements/bench.txt
	@deploy/local/torch.sh $(BENCH) $(TORCH_VERSION)
	@touch $@

.PHONY: browser
browser:
	@deploy/local/chromium.sh

frontend/node_modules/.installed: frontend/package-lock.json
	$(call say,frontend packages)
	@cd frontend && npm ci --no-audit --no-fund --loglevel error
	@touch $@

FRONTEND_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/*.json frontend/*.ts \
  frontend/*.mjs frontend/*.js -type f 2>/dev/null)
frontend/dist/index.html: $(FRONTEND_SOURCES) frontend/node_modules/.installed
	$(call say,frontend)
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@
