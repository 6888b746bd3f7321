# The rules are meson's; these are names for what people do every day.
B = build
.DEFAULT_GOAL = all
.PHONY: all help install uninstall run check test asan tsan dev demo bench fuzz tidy fmt pot cover mutate clean

help:   ## this list
	@sed -n 's/^\([a-z]*\):[ a-z]*## */make \1\t/p' Makefile | expand -t 17
all:    ## build build/latchkeyd and build/latchkey (plain make)
	@tools/build $(B)
run:    ## install what is missing, build, serve on loopback
	@tools/run
check: all  ## unit tests, arrows, texts, headers alone: seconds
	@tools/check-arrows && tools/check-texts && tools/check-fuzz && tools/check-console && tools/check-headers $(B) && tools/check-symbols $(B) && tools/rings $(B) unit fuzz
test:   ## everything that decides whether a change is good
	@tools/test
asan:   ## all rings under AddressSanitizer and UBSan, in build-asan
	@tools/build build-asan -Db_sanitize=address,undefined && tools/rings build-asan
tsan:   ## the scenes under ThreadSanitizer, in build-tsan
	@tools/build build-tsan -Db_sanitize=thread && tools/rings build-tsan scene
dev:    ## serve scratch state; rebuild and restart on every save
	@tools/dev
bench:  ## measure beside docker-registry, nginx, sshd; plot: bench/*.md
	@tools/install-deps build test bench browser && tools/install-npm && tools/build $(B) && bench/run && bench/git && bench/keys && bench/tls && bench/scale && bench/iam && bench/revocation && bench/console && bench/plot.py
# Nothing is compiled as root.
install: ## what was built, into PREFIX (/usr/local) below DESTDIR
	@test -f $(B)/build.ninja || { echo "first: make" >&2; exit 1; }
	@$(if $(PREFIX),meson configure $(B) -Dprefix=$(PREFIX) && tools/build $(B))
	@meson install -C $(B) --no-rebuild --quiet
uninstall: ## take away what was installed last, but no settings
	@ninja -C $(B) --quiet uninstall
demo:   ## play the seed with real clients and say what happens
	@tools/demo
fuzz:   ## libFuzzer on one codec: make fuzz F=ociref
	@CC=clang tools/build build-fuzz -Dfuzz=true
	@mkdir -p build-fuzz/found/$(F)
	@build-fuzz/test/fuzz_$(F) $$(ls test/fuzz/dict/$(F) 2>/dev/null | sed 's/^/-dict=/') \
		build-fuzz/found/$(F) test/fuzz/corpus/$(F)
tidy: all  ## clang-tidy over the sources
	@run-clang-tidy -quiet -p $(B) '/src/.*\.c$$'
fmt:    ## clang-format what differs from the last commit
	@git diff --name-only --diff-filter=d HEAD -- '*.[ch]' | xargs -r clang-format -i
pot:    ## take the texts of the sources into po/
	@tools/update-po
cover:  ## how much of parsers and gate the tests see: doc/COVERAGE.md
	@tools/cover
mutate: ## take checks out of the gate; does a test notice? doc/MUTATION.md
	@tools/mutate $(N)
clean:  ## remove the build folders
	@rm -rf build build-*
