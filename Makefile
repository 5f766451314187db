# Everything that is done with this project. The steps are small scripts under scripts/;
# a file in .stamps/ says that a step was done with the files that it depends on.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?= python3
export PYTHON REPO SEED
# A request may hold dollar signs, which make would expand.
override export REQUEST := $(value REQUEST)

BIN := .venv/bin
RUN_MODELS := qwen2.5-coder-1.5b minilm-l6-v2-int8 bge-small-en-v1.5-int8
TEST_MODELS := smollm2-135m qwen2.5-coder-0.5b

.PHONY: help
help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

.PHONY: setup
setup: .stamps/debian-run .stamps/python .stamps/node ## install what running needs, and the model
	@$(BIN)/python -m server.models.pull $(RUN_MODELS)

.PHONY: setup-test
setup-test: setup .stamps/debian-test .stamps/python-dev .stamps/mongo .stamps/s3 .stamps/test-runners
	@$(BIN)/python -m server.models.pull $(TEST_MODELS)
	@scripts/install_test_vscode.sh >/dev/null

.PHONY: run
run: setup ## let the team build a feature (REPO=path REQUEST="…" SEED=n are optional)
	@scripts/run.sh

.PHONY: check
check: .stamps/python .stamps/python-dev .stamps/node ## lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd extension && npm run --silent check

.PHONY: test
test: setup-test check ## everything: lint, types, unit, contract, LSP, model and editor tests
	cd extension && npm test --silent
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile -m "not model and not editor"
	TENON_TEST_VSCODE="$$(scripts/install_test_vscode.sh)" $(BIN)/pytest -m "model or editor"

.PHONY: bench
bench: setup ## measure the model on this machine
	@$(BIN)/python tests/benchmarks/bench_model.py

.PHONY: bench-walk
bench-walk: setup ## count how often the real model gets from a sentence to a merge
	@$(BIN)/python tests/benchmarks/bench_walk.py textkit ledgerbook

BENCH_MINUTES ?= 2
HUMAN_EVAL ?= HumanEval.jsonl.gz
BENCH_OUT ?= build

.PHONY: bench-pair
bench-pair: setup ## count the given tasks that the pair solves (HUMAN_EVAL=file BENCH_MINUTES=m)
	@mkdir -p $(BENCH_OUT)
	$(BIN)/tenon bench pair --tasks tests/benchmarks/tasks --minutes $(BENCH_MINUTES) --json $(BENCH_OUT)/bench-own.json
	@if [ -f "$(HUMAN_EVAL)" ]; then set -x; $(BIN)/tenon bench pair --tasks "$(HUMAN_EVAL)" \
		--only "$$(seq -s, 0 59)" --minutes $(BENCH_MINUTES) --json $(BENCH_OUT)/bench-human-eval.json; \
	else echo "No file $(HUMAN_EVAL): HumanEval is left out."; fi

.PHONY: bench-recall
bench-recall: setup ## measure how well earlier turns are found (CONVERSATIONS=file, else the project's own)
	@set -e; file="$(CONVERSATIONS)"; if [ -z "$$file" ]; then file=$$(mktemp); \
		$(BIN)/python -m tests.benchmarks.dialogues "$$file"; fi; \
	$(BIN)/tenon bench recall --conversations "$$file"

.PHONY: bench-learning
bench-learning: setup ## count whether memory helps on related tickets, with the real model
	@$(BIN)/python -m tests.benchmarks.bench_learning

.PHONY: bench-engine
bench-engine: setup ## measure the engine beside llama.cpp's own servers (builds them once)
	@$(BIN)/python -m tests.benchmarks.bench_engine --rounds 3

.PHONY: bench-index
bench-index: setup ## measure the code index on 2,000 files: first, again, over a branch
	@$(BIN)/python -m tests.benchmarks.bench_index

COSQA ?= cosqa

.PHONY: bench-memory
bench-memory: setup bench-index ## measure stores, code index and search (COSQA=folder of the data, BENCH_OUT=folder)
	@mkdir -p $(BENCH_OUT)
	PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_store.py --folder $(BENCH_OUT) --json $(BENCH_OUT)/bench-store.json
	@if [ -d "$(COSQA)" ]; then set -x; $(BIN)/tenon bench memory --json \
		--cosqa "$(COSQA)/cosqa-retrieval-dev-500.json" --codes "$(COSQA)/code_idx_map.txt"; \
	else echo "No folder $(COSQA): CoSQA is left out."; fi

.PHONY: editor
editor: setup ## install the extension into VS Code, or show it in a browser
	@scripts/editor.sh

.PHONY: lock
lock: ## write the lock files anew with the newest versions that fit
	scripts/lock.sh
	cd extension && npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	cd scripts/test-vscode && npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	cd tests/javascript && npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

.PHONY: clean
clean: ## remove what was installed and built here (models and other caches stay)
	rm -rf .venv .venv-mongo .venv-s3 .stamps build dist *.egg-info extension/node_modules tests/javascript/node_modules extension/out extension/*.vsix
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.stamps/debian-run .stamps/debian-test: .stamps/debian-%: scripts/setup_debian.sh
	@scripts/setup_debian.sh $*
	@mkdir -p $(@D) && touch $@

.stamps/python: requirements.txt requirements-build.txt pyproject.toml .venv/bin/python \
		scripts/setup_venv.sh scripts/llama_wheel.sh scripts/llama_build.cmake \
		scripts/amx_tile_config.h
	@scripts/setup_venv.sh
	@mkdir -p $(@D) && touch $@

.stamps/python-dev: requirements-dev.txt .stamps/python
	@scripts/setup_venv.sh dev
	@mkdir -p $(@D) && touch $@

.stamps/mongo: requirements-mongo.txt scripts/setup_mongo.sh .venv-mongo/bin/python
	@scripts/setup_mongo.sh
	@mkdir -p $(@D) && touch $@

.stamps/s3: requirements-s3.txt scripts/setup_s3.sh .venv-s3/bin/python
	@scripts/setup_s3.sh
	@mkdir -p $(@D) && touch $@

.stamps/node: extension/package.json extension/package-lock.json scripts/setup_node.sh extension/node_modules/.package-lock.json
	@scripts/setup_node.sh extension
	@mkdir -p $(@D) && touch $@

.stamps/test-runners: tests/javascript/package.json tests/javascript/package-lock.json scripts/setup_node.sh tests/javascript/node_modules/.package-lock.json
	@scripts/setup_node.sh tests/javascript
	@mkdir -p $(@D) && touch $@

# The steps above create these; they are named so that their removal is noticed.
.venv/bin/python .venv-mongo/bin/python .venv-s3/bin/python: ;
extension/node_modules/.package-lock.json tests/javascript/node_modules/.package-lock.json: ;
