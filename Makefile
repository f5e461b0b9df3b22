# Headcount: from the raw texts to the tables and figures.
#
#   make                 set up the environment, run the notebooks that need it
#   make STORY=folder    the same for another story
#   make PARAMS="reading=newsroom"   with other notebook parameters

STORY ?= .
PARAMS ?=

# A conda environment made from environment.yml, if one is active; else .venv, made by tools/env.sh.
CONDA := $(and $(CONDA_PREFIX),$(wildcard $(CONDA_PREFIX)/conda-meta),$(wildcard $(CONDA_PREFIX)/lib/python3.*/site-packages/nbval),$(wildcard $(CONDA_PREFIX)/lib/python3.*/site-packages/papermill))
ENVIRONMENT := $(if $(CONDA),$(CONDA_PREFIX),.venv)
READY := $(if $(CONDA),$(CONDA_PREFIX)/headcount-ready,.venv/ready)
PYTHON_OF := $(ENVIRONMENT)/bin/python
JOBS = $(patsubst -j%,--jobs %,$(filter -j%,$(MAKEFLAGS)))

.PHONY: all env lab save verify test lint bench clean help

all: $(READY)  ## Run the notebooks whose texts, code or settings have changed (the default)
	@$(PYTHON_OF) -m headcount run --story "$(STORY)" $(JOBS) $(PARAMS)

env: $(READY)  ## Set up the environment alone, in .venv or the active conda environment

$(READY): requirements.lock pyproject.toml tools/env.sh
	@sh tools/env.sh

lab: $(READY)  ## Open JupyterLab, for this machine only
	@$(PYTHON_OF) -m jupyterlab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)" notebooks

save: all  ## Put the notebooks' fresh outputs into the committed notebooks
	@$(PYTHON_OF) -m headcount save --story "$(STORY)"

verify: $(READY)  ## Rebuild everything in an empty tree and compare it with what is committed
	@$(PYTHON_OF) -m headcount verify --story "$(STORY)" $(JOBS)

test: $(READY)  ## Run the tests
	@$(PYTHON_OF) -m ruff check -q . && $(PYTHON_OF) -m ruff format -q --check .
	@$(PYTHON_OF) -m pytest -q

bench: $(READY)  ## Measure speed, as ratios within one run
	@$(PYTHON_OF) bench/pipeline.py

clean:  ## Remove what make made outside the committed folders
	@rm -rf build "$(STORY)/build"

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16
