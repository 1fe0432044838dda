#!/usr/bin/env bash
# Every check there is, one after another; goes on after a failure, so that one run tells all.
#
#   build        everything, warnings are errors; all suites, the window's under Xvfb
#   build-asan   the model library under AddressSanitizer and UndefinedBehaviorSanitizer
#   build-tsan   the model library under ThreadSanitizer
#   build-plain  the commands without GTK
#
# The last line is “N passed, N failed”.
set -uo pipefail
cd "$(dirname "$0")/../.."

tally=$(mktemp)
trap 'rm -f "$tally"' EXIT
scale=${LT_CHECK_TIMEOUT_SCALE:-3}

# step TITLE COMMAND…: one check that is not a test program (a build, an installation).
step ()
{
  local title=$1 log status
  shift
  log=$(mktemp)
  printf '\n== %s\n' "$title"
  if "$@" >"$log" 2>&1; then
    echo '1 0 0' >>"$tally"
    tail -n 2 "$log"
    status=0
  else
    printf '0 1 0\nFAILED: %s\n' "$title" >>"$tally"
    tail -n 60 "$log"
    echo "FAILED: $title"
    status=1
  fi
  rm -f "$log"
  return $status
}

# compile FOLDER MESON-OPTIONS…: configures on the first time, builds always.
compile ()
{
  local folder=$1
  shift
  if [ -f "$folder/build.ninja" ]; then
    meson configure "$folder" "$@" || return 1
  else
    meson setup "$folder" "$@" || return 1
  fi
  ninja -C "$folder"
}

# suites FOLDER MESON-TEST-OPTIONS…: runs test programs and adds up their tests.
suites ()
{
  local folder=$1
  shift
  printf '\n== Tests in %s\n' "$folder"
  rm -f "$folder"/meson-logs/testlog*.json
  with_display meson test -C "$folder" --no-rebuild --timeout-multiplier "$scale" \
    --print-errorlogs "$@" </dev/null
  python3 tests/support/tally.py "$folder"/meson-logs/testlog*.json >>"$tally"
}

# A display of its own for every suite, so that the checks never open windows on a desktop.
with_display ()
{
  LT_NEED_DISPLAY=1 xvfb-run -a -s '-screen 0 1600x1200x24 -nolisten tcp' "$@"
}

check_install ()
{
  local root status
  root=$(mktemp -d)
  DESTDIR=$root meson install -C build --no-rebuild --quiet &&
    tests/support/installed.sh "$root"
  status=$?
  rm -rf "$root"
  return $status
}

# The sanitisers' own false reports are named one by one in the suppression files.
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$PWD/tests/support/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=suppressions=$PWD/tests/support/threads.supp:halt_on_error=1

step 'Build' compile build -Dwerror=true -Dgui=enabled -Dchecks=true &&
  {
    suites build
    step 'Install' check_install
  }

sanitised=(--buildtype=debugoptimized -Dgui=disabled -Db_lundef=false)
step 'Build with AddressSanitizer and UndefinedBehaviorSanitizer' \
  compile build-asan "${sanitised[@]}" -Db_sanitize=address,undefined &&
  suites build-asan --suite model

step 'Build with ThreadSanitizer' \
  compile build-tsan "${sanitised[@]}" -Db_sanitize=thread &&
  suites build-tsan --suite model

step 'Build without the window' compile build-plain -Dwerror=true -Dgui=disabled &&
  suites build-plain --suite commands --suite widgets

echo
awk '/^FAILED/ { print; next }
     { passed += $1; failed += $2; skipped += $3 }
     END { if (skipped) print skipped " skipped"
           print passed + 0 " passed, " failed + 0 " failed"
           exit failed > 0 || passed == 0 }' "$tally"
