# The short way to everything. The build itself is meson's: see meson.build.
#
#   make run            build, and open the window (ARGS=… are handed to lantern)
#   make check          build, and run every check
#   make docs           write docs/knobs.md anew, when a knob has changed
#   make build | install | format | clean

BUILD ?= build
PREFIX ?= /usr/local
ARGS ?=

.PHONY: run check build docs install format clean

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@./setup.sh build
	@meson setup $(BUILD) --prefix=$(PREFIX)

run: $(BUILD)/build.ninja
	@ninja -C $(BUILD) program
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  $(BUILD)/gui/lantern $(ARGS); \
	else \
	  ./headless.sh $(BUILD)/gui/lantern $(BUILD)/first-light; \
	fi

check:
	@./setup.sh check
	@tests/support/check.sh

install: build
	@meson install -C $(BUILD) --no-rebuild

docs: build
	@$(BUILD)/gui/lantern list knobs --markdown > docs/knobs.md

format:
	@clang-format -i $$(find model widgets gui tests -name '*.[ch]')

clean:
	@rm -rf $(BUILD) build-asan build-tsan build-plain
