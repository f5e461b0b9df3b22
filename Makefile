# Headcount: from the raw texts to the tables and figures.
#
#   make                 set up the environment, run the notebooks that need it
#   make STORY=folder    the same for another story
#   make PARAMS="reading=newsroom"   with other notebook parameters

STORY ?= .
PARAMS ?=
ROUNDS ?= 1

# The active conda environment, if it was made from environment.yml; else .venv. tools/env.sh decides by the same signs.
CONDA := $(if $(filter 1,$(words $(CONDA_PREFIX))),$(if $(wildcard $(CONDA_PREFIX)/conda-meta),\
    $(firstword $(wildcard $(CONDA_PREFIX)/lib/python3.*/site-packages/fontpkg_fira_sans-*.dist-info))))
ifeq ($(strip $(CONDA)),)
PY := .venv/bin/python
MARK := .venv/
else
PY := $(CONDA_PREFIX)/bin/python
MARK := $(CONDA_PREFIX)/headcount-
endif
READY := $(MARK)ready
JOBS = $(patsubst -j%,--jobs %,$(filter-out -j,$(filter -j%,$(MAKEFLAGS))))

.PHONY: all env lab save verify test torture bench clean help FORCE

all: $(READY)  ## Run the notebooks whose texts, code or settings have changed (the default)
	@$(PY) -m headcount run --story "$(STORY)" $(JOBS) $(PARAMS)

env:  ## Set up the environment alone, in .venv or the active conda environment
	@sh tools/env.sh

$(READY): requirements.lock pyproject.toml tools/env.sh
	@sh tools/env.sh
# Moved, copied, or its Python is gone: set it up again.
ifneq ($(if $(realpath $(PY)),$(realpath $(MARK)home)),$(realpath requirements.lock))
$(READY): FORCE
endif
FORCE:

lab: $(READY)  ## Open JupyterLab, for this machine only
	@$(if $(filter-out .,$(STORY)),echo 'For this story write story = "$(if $(filter /%,$(STORY)),,../)$(STORY)" in the first cell of a notebook. As run they are in $(STORY)/build.')
	@$(PY) -m jupyterlab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks

save: all  ## Put the notebooks' fresh outputs into the committed notebooks
	@$(PY) -m headcount save --story "$(STORY)"

verify: $(READY)  ## Rebuild everything in an empty tree and compare it with what is committed
	@$(PY) -m headcount verify --story "$(STORY)" $(JOBS)

test: $(READY)  ## Run the tests
	@$(PY) -m ruff check -q . && $(PY) -m ruff format -q --check .
	@$(PY) -m pytest -q -n 2 --dist worksteal

torture: $(READY)  ## Try hard to break it: every test at length, for an hour or two (ROUNDS=2 for twice as often)
	@HEADCOUNT_TORTURE="$(ROUNDS)" $(PY) -m pytest -q -s -rs

bench: $(READY)  ## Measure speed, as ratios within one run
	@$(PY) bench/pipeline.py
	@$(PY) bench/extraction.py

clean:  ## Remove what make made outside the committed folders
	@rm -rf build "$(STORY)/build"

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16
