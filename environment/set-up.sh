# What every command of this folder does first: find a JDK, Maven, Python and the fonts, build, and
# describe the kernel to Jupyter. Sourced, never run; the caller has `set -euo pipefail`.
#
# Written outside the project: Maven's repository, and the cache folder (RECOLLECT_HOME).
#
#   RECOLLECT_HOME     the cache folder; default ~/.cache/recollect
#   RECOLLECT_JDKS     where to look for a JDK instead of the usual places, separated by colons
#   RECOLLECT_PYTHON   the Python that has nbconvert; default: conda's where it has it, else the system's
#   RECOLLECT_FONTS    where DejaVu Sans is looked for, separated by colons
#   RECOLLECT_INSTALL  "no": never call apt, name the missing packages instead
#   OMP_WAIT_POLICY    ACTIVE trains small batches faster on an idle machine, far slower on a busy one

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=$ROOT/target/environment

export RECOLLECT_HOME=${RECOLLECT_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/recollect}
export DJL_CACHE_DIR=$RECOLLECT_HOME/djl
export DJL_OFFLINE=true OPT_OUT_TRACKING=true OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}

# Another Python, or the reader's own Jupyter settings, must not change what is executed and rendered.
export PYTHONNOUSERSITE=1
unset PYTHONPATH PYTHONHOME
export JUPYTER_PATH=$OUT/jupyter JUPYTER_DATA_DIR=$OUT/jupyter JUPYTER_NO_CONFIG=1
export JUPYTER_CONFIG_DIR=$OUT/jupyter/config JUPYTER_RUNTIME_DIR=$OUT/jupyter/runtime
export IPYTHONDIR=$OUT/jupyter/ipython

say() { printf '%s\n' "$*" >&2; }

# One sentence: what was given or is missing, and how to mend it.
fail() {
  say "$*"
  exit 2
}

# Prints the help at the top of the calling script: its comment lines after the first.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# --- JDK -----------------------------------------------------------------------------------------

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  local major
  major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${major:-0}" -ge 25 ]
}

# The candidates in the order in which they are tried, one a line.
jdk_candidates() {
  if [ -n "${RECOLLECT_JDKS:-}" ]; then
    printf '%s\n' "$RECOLLECT_JDKS" | tr ':' '\n'
    return
  fi
  printf '%s\n' "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/*
  printf '%s\n' "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home
  local javac
  javac=$(command -v javac) && dirname "$(dirname "$(readlink -f "$javac")")"
}

find_jdk() {
  local candidate
  while IFS= read -r candidate; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      export JAVA_HOME=$candidate
      return
    fi
  done < <(jdk_candidates)
  fail "Recollect needs JDK 25 or newer and found none: install one (Temurin 25 from adoptium.net," \
    "or 'sdk install java 25-tem') and point JAVA_HOME at it."
}

# --- Debian packages -----------------------------------------------------------------------------

find_python() {
  if [ -z "${RECOLLECT_PYTHON:-}" ]; then
    RECOLLECT_PYTHON=/usr/bin/python3
    if [ -n "${CONDA_PREFIX:-}" ] && has_python_module "$CONDA_PREFIX/bin/python" nbconvert; then
      RECOLLECT_PYTHON=$CONDA_PREFIX/bin/python
    fi
  fi
}

has_python_module() {
  "$1" -I -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$2" 2>/dev/null
}

# Charts are drawn in DejaVu Sans; without fontconfig Java's own drawing fails. A Mac brings what it needs.
has_fontconfig() {
  [ "$(uname)" = Darwin ] || [ -e "${CONDA_PREFIX:-}/lib/libfontconfig.so.1" ] ||
    PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep -q 'libfontconfig\.so\.1'
}

has_font() {
  [ "$(uname)" != Darwin ] || return 0
  local places=${RECOLLECT_FONTS:-/usr/share/fonts:$HOME/.local/share/fonts:$JAVA_HOME/lib/fonts} folder
  while IFS= read -r folder; do
    [ -d "$folder" ] && [ -n "$(find -L "$folder" -name DejaVuSans.ttf -print -quit)" ] && return
  done < <(printf '%s\n' "$places" | tr ':' '\n')
  return 1
}

# Prints the package unless its Python module is there.
missing_module() { has_python_module "$RECOLLECT_PYTHON" "$1" || printf '%s ' "$2"; }

missing_packages() {
  command -v mvn >/dev/null || printf 'maven '
  missing_module nbconvert jupyter-nbconvert
  missing_module jupyter_client jupyter-client
  has_fontconfig || printf 'libfontconfig1 '
  has_font || printf 'fonts-dejavu-core '
}

can_install() { [ "$(id -u)" = 0 ] && [ "${RECOLLECT_INSTALL:-}" != no ] && command -v apt-get >/dev/null; }

apt_install() {
  say "Installing $*."
  local log=$OUT/apt.log
  mkdir -p "$OUT"
  {
    apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >"$log" 2>&1 || { tail -5 "$log" >&2; fail "apt-get could not install $*: the end of ${log#"$ROOT"/} is above, mend it or install them by hand."; }
}

# Installs the packages named, or names them; afterwards the function given first must print none.
need_packages() {
  local missing
  missing=$("$@")
  [ -n "$missing" ] || return 0
  if can_install; then
    # shellcheck disable=SC2086 # a list of package names
    apt_install $missing
    missing=$("$@")
  fi
  [ -z "$missing" ] || fail "Recollect needs what is in these Debian packages: ${missing% };" \
    "install them (sudo apt-get install ${missing% }), or use environment/environment.yml with conda."
}

find_packages() {
  find_python
  need_packages missing_packages
}

# --- Build ---------------------------------------------------------------------------------------

# Maven's own libraries use what JDK 25 warns of.
export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"

maven() { (cd "$ROOT" && mvn -q -B "$@"); }

# The stamp holds the JDK that compiled, and is older than every source that changed since.
is_built() {
  [ -s "$OUT/classpath" ] && [ "$(cat "$OUT/built" 2>/dev/null)" = "$JAVA_HOME" ] &&
    [ -z "$(find "$ROOT/pom.xml" "$ROOT/.mvn" "$ROOT/src/main" -newer "$OUT/built" -print -quit)" ] &&
    [ -d "$ROOT/target/classes" ] && [ -f "$(cut -d: -f1 "$OUT/classpath")" ]
}

build() {
  is_built && return
  say "Building with $JAVA_HOME (the first time fetches about 250 MB into Maven's repository)."
  mkdir -p "$OUT"
  rm -f "$OUT/built"
  printf '%s' "$JAVA_HOME" >"$OUT/building"
  maven compile dependency:copy@mathjax \
    dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$OUT/classpath" ||
    fail "The build failed: Maven's messages are above."
  mv "$OUT/building" "$OUT/built"
}

# --- Kernel --------------------------------------------------------------------------------------

json() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# What every JVM that runs Recollect is started with, one option a line.
jvm_options() { sed -n 's:.*<recollect.jvm>\(.*\)</recollect.jvm>.*:\1:p' "$ROOT/pom.xml" | tr ' ' '\n'; }

# Writes the kernelspec into the folder given: kernel.json, and kernel.args with one token a line.
write_kernelspec() {
  local folder=$1 fresh=$1.new
  rm -rf "$fresh"
  mkdir -p "$fresh" "$RECOLLECT_HOME/tmp"
  {
    jvm_options
    printf '%s\n' -XX:+PerfDisableSharedMem -Djava.io.tmpdir="$(json "$RECOLLECT_HOME/tmp")"
    printf '%s\n' -cp "$(json "$ROOT/target/classes:$(cat "$OUT/classpath")")" org.recollect.notebook.Main
  } >"$fresh/kernel.args"
  cat >"$fresh/kernel.json" <<JSON
{
  "argv": [$(json "$JAVA_HOME/bin/java"), "@{resource_dir}/kernel.args", "{connection_file}"],
  "display_name": "Recollect (Java)",
  "language": "java",
  "interrupt_mode": "message",
  "env": {
    "RECOLLECT_HOME": $(json "$RECOLLECT_HOME"),
    "DJL_CACHE_DIR": $(json "$DJL_CACHE_DIR"),
    "DJL_OFFLINE": "true",
    "OPT_OUT_TRACKING": "true",
    "OMP_WAIT_POLICY": $(json "$OMP_WAIT_POLICY")
  }
}
JSON
  cp "$ROOT/environment/logo-svg.svg" "$fresh/"
  rm -rf "$folder"
  mv "$fresh" "$folder"
}

# --- All of it -----------------------------------------------------------------------------------

find_tools() {
  find_jdk
  find_packages
}

set_up() {
  find_tools
  mkdir -p "$OUT/jupyter/kernels"
  # Of two commands at once the second waits here, where the system can lock a file.
  exec 9>"$OUT/lock"
  ! command -v flock >/dev/null || flock 9
  build
  write_kernelspec "$OUT/jupyter/kernels/recollect"
  exec 9>&-
}
