#!/bin/sh
# Starts the evaluator: the team's files set their environment up, then the Job's word holds.
#
#   evaluator_start.sh 'shell text that execs the evaluator'
#
# ~/.bashrc (where there is bash) and ~/agent_sources.sh run in a shell of their own. What they leave
# as variables, limits and directory goes on to the text; functions, aliases, traps, an `exit` or an
# `exec` stay behind, so that nothing of theirs stands between the Job's text and the evaluator.
# On a full disk it waits for some minutes: an agent without its variables would fail route after route.
# Without python3 there is nothing that could take over their variables: the text runs in that shell.
# What keeps Python from starting is reported as loaded_files.py reports what cannot be loaded.
# Environment: AGENT_DIR, PAIR, STATUS_DIR, ATTEMPT; evaluator_environment.py says which variables only the Job sets.

set -u
shell=sh && command -v bash >/dev/null 2>&1 && shell=bash
folder=${AGENT_DIR:-/tmp} && [ -d "$folder" ] && [ -w "$folder" ] || folder=/tmp
PAIR_ENVIRONMENT="$folder/.environment-${PAIR:-1}" && export PAIR_ENVIRONMENT

source_files='if [ -n "${BASH_VERSION:-}" ] && [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc" || :; fi
if [ -f "$HOME/agent_sources.sh" ]; then . "$HOME/agent_sources.sh" || :; fi
set +e +u'
tell_all='command -v cat >/dev/null && command -v mv >/dev/null && command -v sleep >/dev/null || exit
pair_umask=$(umask) && umask 077
until { echo "$pair_umask" && cat /proc/self/limits; } >"$PAIR_ENVIRONMENT.limits" &&
  { printf "%s\n%s\n" "$PATH" "$PWD" && cat /proc/self/environ; } >"$PAIR_ENVIRONMENT.new" &&
  mv -f "$PAIR_ENVIRONMENT.new" "$PAIR_ENVIRONMENT"
do
  pair_tries="x${pair_tries:-}" && [ ${#pair_tries} -le 60 ] || exit
  echo "waiting until the disk takes the variables of the team" && sleep 5
done'
as_before='pair_text=$1; set --; eval "$pair_source_files"; eval "$pair_text"'

# -> $composer: the program that puts the environment together
find_composer() {
  for composer in "${0%/*}" "${0%/*}/console/workers"; do
    composer="$composer/evaluator_environment.py"
    if [ -f "$composer" ]; then return; fi
  done
}

# not_loaded WORDS: no restart would change it
not_loaded() {
  echo "the evaluator cannot be loaded: $1"
  told="${STATUS_DIR:-}/pair-${PAIR:-1}.agent.evaluator-${ATTEMPT:-1}"
  { echo "state=failed lasting=yes error=$1" >"$told.new" && mv -f "$told.new" "$told"; } 2>/dev/null
}

too_old='import sys; print("%d.%d" % sys.version_info[:2]); sys.exit(90 * (sys.version_info < (3, 7)))'

rm -f "$PAIR_ENVIRONMENT" "$PAIR_ENVIRONMENT.limits"
"$shell" -c "$source_files
$tell_all" "$shell" </dev/null
team_path=
{ read -r team_path <"$PAIR_ENVIRONMENT"; } 2>/dev/null
python=$(PATH="${team_path:-$PATH}" && command -v python3) ||
  { pair_source_files=$source_files && export pair_source_files
    "$shell" -c "$as_before" "$shell" "$1"
    status=$?
    if [ "$status" = 127 ]; then not_loaded "python3 is not in the image"; fi
    exit "$status"; }
version=$("$python" -I -S -c "$too_old" 2>/dev/null)
if [ $? = 90 ]; then
  not_loaded "python3 of the image is $version, 3.7 or newer is needed"
  exit 1
fi
# The supervisor, which knows nothing of the team's files, judges checkpoints with the same Python.
{ echo "$python" >"$folder/.python-${PAIR:-1}.new" && mv -f "$folder/.python-${PAIR:-1}.new" "$folder/.python-${PAIR:-1}"; } 2>/dev/null
find_composer
exec "$python" -I -S -B "$composer" "$PAIR_ENVIRONMENT" "$1"
