# Finds a browser and the Python that drives it; read by the programs that check pages.
#
# Chromium is taken from the system, or installed there by apt-get; the rest comes from PyPI into
# .build-python-pages of the repository. Where these cannot be had that is said, and the checks end.
#
# Sets `chromium` and `environment`, and offers `skip` and `fail`.

skip() { printf 'SKIPPED: %s\n' "$*"; exit 0; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

requirements=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/requirements.txt
environment=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.build-python-pages

browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! browser >/dev/null && command -v apt-get >/dev/null; then
  { apt-get update -q && apt-get install -y -q chromium; } >/dev/null 2>&1 || true
fi
chromium=$(browser) || skip "there is no Chromium, and it cannot be installed"
command -v python3 >/dev/null || skip "there is no python3"
if ! cmp -s "$requirements" "$environment/installed.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment" || skip "python3 has no venv"
  "$environment/bin/pip" install -q --retries 1 --timeout 20 -r "$requirements" 2>/dev/null ||
    skip "PyPI cannot be reached, and with it no Playwright"
  cp "$requirements" "$environment/installed.txt"
fi
