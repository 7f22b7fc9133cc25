# make site     everything from nothing: set up, run what is due, build the site, serve it (SERVE=0: only build)
# make test     set up and run the tests, on all cores (WORKERS=1: one after the other)
# make test-slow, test-faults, test-walk, test-editor, test-lighthouse: what takes longer; test-coverage: which lines ran
# make lock     lock the Python packages for pyproject.toml; NEWEST=1: in their newest versions

PRESET ?= standard
JOBS ?= 1
SERVE ?= 1
PORT ?= 4000
WORKERS ?= auto
PYTHON := .venv/bin/python
# Tests that share what is made for them run in one process (tests/conftest.py), each with one thread.
TESTED := OMP_NUM_THREADS=1 $(PYTHON) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadgroup

.PHONY: setup lock figures site serve check clean test test-slow test-coverage test-lighthouse test-faults test-editor test-walk

setup:
	@python3 install python
	@python3 install jekyll
	@python3 install runtime

lock:
	@python3 install lock $(if $(NEWEST),--newest)

figures:
	@python3 install python
	@$(PYTHON) build_figures.py --preset $(PRESET) --jobs $(JOBS)

site: setup
	@$(PYTHON) build_figures.py --preset $(PRESET) --jobs $(JOBS)
ifeq ($(SERVE),0)
	@bundle exec jekyll build
else
	@$(PYTHON) showcase/serve.py $(PORT)
endif

serve: setup
	@$(PYTHON) showcase/serve.py $(PORT)

test:
	@python3 install python --test
	@python3 install jekyll
	@python3 install runtime
	@$(TESTED) -q --durations=15 --timeout 600

# The laws that `make test` samples, at length.
test-slow: setup
	@python3 install python --test
	@$(TESTED) -q -m slow

# To measure costs time, so that it is not part of `make test`.
test-coverage: setup
	@python3 install python --test
	@$(TESTED) -q --cov --cov-report=term:skip-covered

# Speed as readers measure it, not part of `make test`: a table of Lighthouse's scores of the built site.
test-lighthouse: setup
	@bundle exec jekyll build --quiet
	@cd tests/lighthouse && { test -d node_modules/lighthouse || npm ci --no-audit --no-fund --ignore-scripts; } && node measure.mjs ../../_site

# Kills, full disks and saves at length; `make test` samples them.
test-faults:
	@python3 install python --test
	@$(PYTHON) -m pytest -q -s -m faults tests/faults

# Two hundred frames of the walk in a browser: against torch, obedience, return, time and memory.
test-walk: setup
	@python3 install python --test
	@$(PYTHON) -m pytest -q -s -m walk tests/site/test_site_walk_measured.py

# The pages in the real Visual Studio Code, which npm has as code-server; skipped by name where it cannot be had.
test-editor:
	@python3 install python --test
	@$(PYTHON) -m pytest -q -s -m editor tests/editor/real

check:
	@python3 install python
	@$(PYTHON) build_figures.py --check --preset $(PRESET)

# What can be made again in no time. Results, figures and pages stay: they are the work.
clean:
	rm -rf _site .jekyll-cache .cache .pytask .pytest_cache .hypothesis .ruff_cache .import_linter_cache .coverage .coverage.*
	find results assets _projects _data showcase/renders -name '.half-*' -type f -delete 2>/dev/null || true
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
